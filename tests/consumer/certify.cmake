# Builds the stranger's project against what is installed, and certifies.
include(${CMAKE_CURRENT_LIST_DIR}/project.cmake)

build(${SOURCE})
run("certify" 0 ${WORK}/build/certify_mystore certify mystore --out ${WORK}/report)
