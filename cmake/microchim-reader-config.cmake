# find_package(microchim-reader): the headers for a reader and microchim_add_plugin(). Nothing to link.
if(NOT TARGET microchim::reader)
  add_library(microchim::reader INTERFACE IMPORTED)
  get_filename_component(prefix ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
  target_include_directories(microchim::reader INTERFACE ${prefix}/include)
  target_compile_features(microchim::reader INTERFACE cxx_std_20)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/MicrochimPlugin.cmake)
