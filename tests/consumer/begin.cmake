# Begins a project with `ackproof init`, builds it without a warning, and reads what its first run says.
include(${CMAKE_CURRENT_LIST_DIR}/project.cmake)

# shows(text…) ends the test unless `out` has each of the texts, in this order.
function(shows)
  set(rest "${out}")
  foreach(text IN LISTS ARGN)
    string(FIND "${rest}" "${text}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "'${text}' is missing, or not in its place, in\n${out}")
    endif()
    string(SUBSTRING "${rest}" ${at} -1 rest)
  endforeach()
endfunction()

run("init" 0 ${PREFIX}/bin/ackproof init newstore --out ${WORK}/newstore)
build(${WORK}/newstore "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wshadow -Werror")
set(program ${WORK}/build/certify_newstore)

run("list" 0 ${program} list providers)
shows("newstore")
run("doctor" "0|3" ${program} doctor)  # The machine may be too busy.
shows("ok      newstore" "1 of 1 validation passed")

# Not certified, and where to begin. What needs no store is kept already.
run("certify" 1 ${program} certify newstore --out ${WORK}/report)
shows("newstore 0.1.0 is not certified for core, level 1 functional"
      "to go to core, level 1 functional"
      "Last call before they did not pass: enqueue_message"
      "more: certify_newstore todo ${WORK}/report/run.json"
      "Report: ${WORK}/report/report.html")
run("todo" 1 ${program} todo ${WORK}/report/run.json)
shows("Describe, and refuse what is wrong" "Enqueue, fetch and ack" "ACK_1" "Locks" "LOCK_1"
      "Attempts" "Executions and history" "Time" "profile engine: declare")
