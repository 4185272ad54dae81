# Installs the build, builds the stranger's project against what was installed, and runs it.
# -DBUILD=… -DSOURCE=… -DWORK=… -DCOMPILER=…
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} ended with ${status}\n${out}\n${err}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run("install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run("configure" ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${COMPILER})
run("build" ${CMAKE_COMMAND} --build ${WORK}/build)
run("certify" ${WORK}/build/certify_mystore certify mystore --out ${WORK}/report)
