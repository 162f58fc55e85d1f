# libvigil: one shared library of all rooms that a device needs (no image decoding, no training), its headers below
# include/vigil, and a package for find_package(vigil). Consumers see none of the libraries that it uses.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY VIGIL_ROOMS)
list(FILTER rooms EXCLUDE REGEX "estimator_(data|training|evaluation)$")
set(objects ${rooms})
list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")

add_library(vigil_library SHARED ${objects})
add_library(vigil::vigil ALIAS vigil_library)
set_target_properties(vigil_library PROPERTIES OUTPUT_NAME vigil EXPORT_NAME vigil LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
# The rooms' objects are in already; linking the rooms adds what they use.
target_link_libraries(vigil_library PRIVATE ${rooms})
target_compile_features(vigil_library INTERFACE cxx_std_20)
target_include_directories(vigil_library INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/vigil>)

install(TARGETS vigil_library EXPORT vigil LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY engine estimator DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vigil FILES_MATCHING PATTERN "*.h"
  PATTERN "estimator/data" EXCLUDE PATTERN "estimator/training" EXCLUDE
  PATTERN "estimator/evaluation" EXCLUDE)
install(EXPORT vigil NAMESPACE vigil:: FILE vigilConfig.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/vigil)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vigilConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/vigilConfigVersion.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/vigil)
install(DIRECTORY estimator/models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/vigil/models
  FILES_MATCHING PATTERN "*.onnx" PATTERN "*.card.*")
