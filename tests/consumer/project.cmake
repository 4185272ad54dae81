# What the strangers' projects have in common. -DPREFIX=… -DSOURCE=… -DWORK=… -DCOMPILER=…

# run(what codes command…) ends the test unless the command ends with one of these codes, "0|3"; its output is in `out`.
function(run what codes)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT status MATCHES "^(${codes})$")
    message(FATAL_ERROR "${what} ended with ${status}\n${out}\n${err}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

# build(source …): configures with what is given besides, and builds in ${WORK}/build.
function(build source)
  run("configure" 0 ${CMAKE_COMMAND} -G Ninja -S ${source} -B ${WORK}/build
      -DCMAKE_PREFIX_PATH=${PREFIX} -DCMAKE_CXX_COMPILER=${COMPILER} ${ARGN})
  run("build" 0 ${CMAKE_COMMAND} --build ${WORK}/build)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
