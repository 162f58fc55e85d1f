# The library, its headers below include/vigil, and a package for find_package(vigil) with the target vigil::vigil.
#   with the estimator   libvigil, shared: all rooms that a device needs (no image decoding, no training); consumers see
#                        none of the libraries that it uses
#   without              libvigil-engine, an archive of the engine's rooms; consumers add the archive of protobuf-lite
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY VIGIL_ROOMS)
list(FILTER rooms EXCLUDE REGEX "estimator_(data|training|evaluation|daemon)$")
set(objects ${rooms})
list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")

if(VIGIL_ESTIMATOR)
  add_library(vigil_library SHARED ${objects})
  set_target_properties(vigil_library PROPERTIES OUTPUT_NAME vigil
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  # The rooms' objects are in already; linking the rooms adds what they use.
  target_link_libraries(vigil_library PRIVATE ${rooms})
  set(installed engine estimator)
else()
  add_library(vigil_library STATIC ${objects})
  set_target_properties(vigil_library PROPERTIES OUTPUT_NAME vigil-engine)
  target_link_libraries(vigil_library INTERFACE $<INSTALL_INTERFACE:-l:libprotobuf-lite.a> pthread ${CMAKE_DL_LIBS})
  set(installed engine)
endif()
add_library(vigil::vigil ALIAS vigil_library)
set_target_properties(vigil_library PROPERTIES EXPORT_NAME vigil LINKER_LANGUAGE CXX
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
target_compile_features(vigil_library INTERFACE cxx_std_20)
target_include_directories(vigil_library INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/vigil>)

install(TARGETS vigil_library EXPORT vigil LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${installed} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vigil FILES_MATCHING PATTERN "*.h"
  PATTERN "engine/vulkan/peaks" EXCLUDE PATTERN "estimator/data" EXCLUDE PATTERN "estimator/training" EXCLUDE
  PATTERN "estimator/evaluation" EXCLUDE PATTERN "estimator/daemon" EXCLUDE)
install(EXPORT vigil NAMESPACE vigil:: FILE vigilConfig.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/vigil)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vigilConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/vigilConfigVersion.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/vigil)
if(VIGIL_ESTIMATOR)
  # C programs say <vigil.h>.
  install(FILES estimator/api/vigil.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vigil)
  # Relative to where it lies, so that an installed tree can be moved.
  file(RELATIVE_PATH up_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/vigil.pc @ONLY CONTENT
[[prefix=${pcfiledir}/@up_to_prefix@
libdir=${pcfiledir}/..
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: vigil
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Libs: -L${libdir} -lvigil
Cflags: -I${includedir}/vigil
]])
  install(FILES ${PROJECT_BINARY_DIR}/vigil.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  install(DIRECTORY estimator/models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/vigil/models
    FILES_MATCHING PATTERN "*.onnx" PATTERN "*.card.*")
endif()
