# Installs to a folder of its own, builds the template out of tree with the four lines that its README shows, and
# checks the library with the installed command.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed (${result}):\n${output}")
  endif()
endfunction()

set(here ${BUILD}/outside)
file(REMOVE_RECURSE ${here})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${here}/prefix)

file(COPY ${SOURCE}/plugins/template/reader.cpp DESTINATION ${here}/acme)
file(READ ${SOURCE}/plugins/template/README.md readme)
string(REGEX MATCH "```cmake\n([^`]*)```" block "${readme}")
set(lines "${CMAKE_MATCH_1}")
if(NOT lines MATCHES "find_package")
  message(FATAL_ERROR "plugins/template/README.md no longer shows how to build a reader elsewhere")
endif()
file(WRITE ${here}/acme/CMakeLists.txt "${lines}")

run(${CMAKE_COMMAND} -S ${here}/acme -B ${here}/acme/build -G Ninja -DCMAKE_PREFIX_PATH=${here}/prefix -DCMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${here}/acme/build)
run(${here}/prefix/bin/microchim check-reader ${here}/acme/build/lib/microchim/acme-dropcount.so
    ${SOURCE}/plugins/template/fixtures)
