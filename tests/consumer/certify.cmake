# Builds the stranger's project against what is installed, and certifies.
include(${CMAKE_CURRENT_LIST_DIR}/project.cmake)

build(${SOURCE})
run("certify" 0 ${WORK}/build/certify_mystore certify mystore --out ${WORK}/report)

# What the stranger's program attests, the installed one believes, in a folder that holds nothing else.
run("keygen" 0 ${WORK}/build/certify_mystore keygen --out ${WORK}/mystore)
run("attest" 0 ${WORK}/build/certify_mystore attest ${WORK}/report/run.json
    --key ${WORK}/mystore.key --out ${WORK}/certificate.json)
file(MAKE_DIRECTORY ${WORK}/elsewhere)
file(COPY ${WORK}/certificate.json ${WORK}/report/run.json ${WORK}/mystore.pub
     DESTINATION ${WORK}/elsewhere)
run("verify" 0 ${CMAKE_COMMAND} -E chdir ${WORK}/elsewhere ${PREFIX}/bin/ackproof
    verify certificate.json --record run.json --key mystore.pub)
