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

# What the stranger's program attests, the installed one believes, in a folder that holds nothing else.
run("keygen" ${WORK}/build/certify_mystore keygen --out ${WORK}/mystore)
run("attest" ${WORK}/build/certify_mystore attest ${WORK}/report/run.json --key ${WORK}/mystore.key
    --out ${WORK}/certificate.json)
file(MAKE_DIRECTORY ${WORK}/elsewhere)
file(COPY ${WORK}/certificate.json ${WORK}/report/run.json ${WORK}/mystore.pub
     DESTINATION ${WORK}/elsewhere)
run("verify" ${CMAKE_COMMAND} -E chdir ${WORK}/elsewhere ${WORK}/prefix/bin/ackproof
    verify certificate.json --record run.json --key mystore.pub)
