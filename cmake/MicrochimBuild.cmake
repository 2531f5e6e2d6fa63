# One library per folder, and what it may use is its link line: that is the layering.

find_package(Threads REQUIRED)

# Warnings for our own code, and the include root ("core/run/run.hpp").
add_library(microchim_options INTERFACE)
target_include_directories(microchim_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(microchim_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 sees overlaps inside std::string that are not there
  $<$<AND:$<BOOL:$ENV{CI}>,$<CXX_COMPILER_ID:GNU>>:-Werror>)

# microchim_library(dpcr SOURCES poisson.cpp USES run LINKS Boost::headers)
#   USES names folders of ours, LINKS names outside libraries.
function(microchim_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  add_library(microchim_${name} STATIC ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND microchim_)
  target_link_libraries(microchim_${name} PUBLIC microchim_options ${arg_USES} ${arg_LINKS})
endfunction()

# microchim_tests(dpcr USES dpcr): every .cpp beside the caller becomes one doctest program.
function(microchim_tests name)
  cmake_parse_arguments(arg "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(test_${name} ${sources} ${PROJECT_SOURCE_DIR}/tests/main.cpp)
  list(TRANSFORM arg_USES PREPEND microchim_)
  target_link_libraries(test_${name} PRIVATE microchim_options ${arg_USES} ${arg_LINKS} doctest::doctest)
  target_compile_definitions(test_${name} PRIVATE MICROCHIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             MICROCHIM_BUILD_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND test_${name})
endfunction()
