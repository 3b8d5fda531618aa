# The few rules by which every folder of the project is built.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER AND NOT STEPCONF_LAMBDA_ONLY)
  # What ccache's manual asks for where headers are precompiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
                                  ${CCACHE_PROGRAM})
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

add_library(stepconf_flags INTERFACE)
target_compile_options(stepconf_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                -Woverloaded-virtual -Wimplicit-fallthrough)
if(STEPCONF_WERROR)
  target_compile_options(stepconf_flags INTERFACE -Werror)
endif()

# A build from nothing spends most of its time on reading the same headers again and again, so tools/build.sh compiles up to twelve sources of a folder together. Who edits
# sources is better off without: then one file is compiled anew, not twelve. Hence sources of one folder have no two names alike in their unnamed namespaces.
option(STEPCONF_UNITY "Compile several sources of a library together" OFF)

# stepconf_library(FOLDER [LINKS lib...]): the sources of src/stepconf/FOLDER as stepconf::FOLDER.
# What LINKS names is public: a folder's headers show the types of the folders above it.
function(stepconf_library folder)
  cmake_parse_arguments(ARG "" "" "LINKS;PRIVATE_LINKS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(stepconf_${name} STATIC ${sources})
  add_library(stepconf::${name} ALIAS stepconf_${name})
  set_target_properties(stepconf_${name} PROPERTIES UNITY_BUILD ${STEPCONF_UNITY} UNITY_BUILD_BATCH_SIZE 12)
  if(STEPCONF_UNITY)
    # GCC takes the sources that are included for headers, where unnamed namespaces would be a mistake; and what it warns of after inlining are
    # more false alarms the more it inlines. Builds without this keep these warnings.
    target_compile_options(stepconf_${name} PRIVATE "$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage;-Wno-maybe-uninitialized;-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>")
  endif()
  target_include_directories(stepconf_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(stepconf_${name} PUBLIC ${ARG_LINKS} PRIVATE stepconf_flags ${ARG_PRIVATE_LINKS})
endfunction()

# stepconf_test(FOLDER [LINKS lib...]): every *_test.cpp of tests/FOLDER as one GoogleTest program.
# Compiling tests takes longer than running them: they are not optimised, and share precompiled headers
# (tests/CMakeLists.txt). With ccache, GCC needs the second flag for these.
set(STEPCONF_TEST_FLAGS -O0 $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
function(stepconf_test folder)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR})
  target_precompile_headers(${name}_test REUSE_FROM stepconf_precompiled_test)
  target_compile_options(${name}_test PRIVATE ${STEPCONF_TEST_FLAGS})
  target_link_libraries(${name}_test PRIVATE ${ARG_LINKS} stepconf_flags GTest::gtest_main)
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
endfunction()
