# microchim_add_plugin(biorad-quantasoft reader.cpp): a reader as a loadable library.
# Used inside this project and, through find_package(microchim-reader), outside of it.
#
# A plugin links nothing of ours, leaves no symbol undefined and exports one. The version
# script is what makes it one: hidden visibility alone still leaks the weak and unique
# symbols of libstdc++ templates. With EXAMPLE it goes to lib/template and is not installed.
set(MICROCHIM_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/plugin.version)

if(NOT TARGET microchim::reader)
  add_library(microchim_reader_sdk INTERFACE)
  add_library(microchim::reader ALIAS microchim_reader_sdk)
  target_include_directories(microchim_reader_sdk INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/plugins/include> $<INSTALL_INTERFACE:include>)
  target_compile_features(microchim_reader_sdk INTERFACE cxx_std_20)
endif()

function(microchim_add_plugin name)
  cmake_parse_arguments(arg "EXAMPLE" "" "" ${ARGN})
  add_library(${name} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE microchim::reader)
  if(TARGET microchim_options)
    target_link_libraries(${name} PRIVATE microchim_options)
  endif()
  target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL -Wl,--version-script=${MICROCHIM_PLUGIN_EXPORTS}
                      $<$<NOT:$<BOOL:${MICROCHIM_FUZZ}>>:-Wl,-z,defs>)  # clang's sanitizers live in the executable
  set_target_properties(${name} PROPERTIES PREFIX "" LINK_DEPENDS ${MICROCHIM_PLUGIN_EXPORTS}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/$<IF:$<BOOL:${arg_EXAMPLE}>,template,microchim>)
  if(NOT arg_EXAMPLE)
    install(TARGETS ${name} LIBRARY DESTINATION lib/microchim)
    set_property(GLOBAL APPEND PROPERTY MICROCHIM_PLUGINS ${name})
  endif()
endfunction()
