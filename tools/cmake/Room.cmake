# vigil_add_room(<path> LINK <targets...> [PRIVATE_LINK <targets...>] [INCLUDE <dirs...>] [PRIVATE_INCLUDE <dirs...>]
#                [DEFINE <definitions...>] [FOLDERS <names...>] [EXCLUDE <names...>]):
# one static library a folder, named after it (engine/ops -> vigil_engine_ops), made of the folder's *.cc and linked
# with exactly the rooms it may see. FOLDERS are inner folders whose *.cc belong to the room too; EXCLUDE names files that
# this build leaves out. What is private is for the room's own sources: a room that has none leaves it out.
add_library(vigil_options INTERFACE)
target_compile_features(vigil_options INTERFACE cxx_std_20)
target_compile_options(vigil_options INTERFACE -Wall -Wextra -Wshadow -Wno-missing-field-initializers
  # g++ 12 sees overlaps in std::string that are not there (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${VIGIL_WERROR}>:-Werror>)
if(VIGIL_SANITIZE)
  # Under a sanitizer g++ 12 sees uninitialised members in std::function that are not there.
  target_compile_options(vigil_options INTERFACE -fsanitize=${VIGIL_SANITIZE} -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(vigil_options INTERFACE -fsanitize=${VIGIL_SANITIZE})
endif()
# Names what an executable of a sanitized build has to have besides; empty otherwise.
add_library(vigil_sanitizer INTERFACE)
if(VIGIL_SANITIZE MATCHES "address")
  add_library(vigil_keep_loaded OBJECT ${PROJECT_SOURCE_DIR}/tests/support/sanitizer/keep_loaded.cc)
  target_link_libraries(vigil_keep_loaded PRIVATE vigil_options)
  target_link_libraries(vigil_sanitizer INTERFACE $<TARGET_OBJECTS:vigil_keep_loaded>)
  target_link_options(vigil_sanitizer INTERFACE -Wl,--export-dynamic-symbol=dlclose)
endif()
if(VIGIL_SANITIZE MATCHES "undefined")
  target_compile_options(vigil_options INTERFACE -fno-sanitize-recover=undefined)  # a finding fails the test
endif()
if(VIGIL_FUZZ)
  target_compile_options(vigil_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

function(vigil_add_room path)
  cmake_parse_arguments(arg "" "" "LINK;PRIVATE_LINK;INCLUDE;PRIVATE_INCLUDE;DEFINE;FOLDERS;EXCLUDE" ${ARGN})
  string(REPLACE "/" "_" room ${path})
  set(patterns ${PROJECT_SOURCE_DIR}/${path}/*.cc)
  foreach(folder IN LISTS arg_FOLDERS)
    list(APPEND patterns ${PROJECT_SOURCE_DIR}/${path}/${folder}/*.cc)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  foreach(name IN LISTS arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "/${name}$")
  endforeach()
  if(NOT sources)
    add_library(vigil_${room} INTERFACE)
    target_include_directories(vigil_${room} INTERFACE ${PROJECT_SOURCE_DIR} ${arg_INCLUDE})
    target_link_libraries(vigil_${room} INTERFACE vigil_options ${arg_LINK})
    target_compile_definitions(vigil_${room} INTERFACE ${arg_DEFINE})
    return()
  endif()
  add_library(vigil_${room} STATIC ${sources})
  set_target_properties(vigil_${room} PROPERTIES LINKER_LANGUAGE CXX POSITION_INDEPENDENT_CODE ON)
  target_include_directories(vigil_${room} PUBLIC ${PROJECT_SOURCE_DIR} ${arg_INCLUDE})
  target_include_directories(vigil_${room} SYSTEM PRIVATE ${arg_PRIVATE_INCLUDE})
  target_link_libraries(vigil_${room} PUBLIC vigil_options ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
  target_compile_definitions(vigil_${room} PUBLIC ${arg_DEFINE})
  set_property(GLOBAL APPEND PROPERTY VIGIL_ROOMS vigil_${room})
endfunction()
