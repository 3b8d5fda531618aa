# The tests of the local platform run real processes: a function that does what its event says, and a server like `stepconf local` that can be killed.
add_executable(platform_function platform/function/main.cpp)
target_link_libraries(platform_function PRIVATE stepconf::runtime stepconf_flags)
add_executable(platform_server platform/server/main.cpp)
target_link_libraries(platform_server PRIVATE stepconf::platform_local stepconf_flags)

stepconf_test(platform LINKS stepconf::platform_local)
add_dependencies(platform_test platform_function platform_server)
target_compile_definitions(
  platform_test PRIVATE PLATFORM_FUNCTION="$<TARGET_FILE:platform_function>"
                        PLATFORM_SERVER="$<TARGET_FILE:platform_server>")
if(TARGET stepconf-wrapper)
  add_dependencies(platform_test stepconf-wrapper)
  target_compile_definitions(platform_test PRIVATE STEPCONF_WRAPPER="$<TARGET_FILE:stepconf-wrapper>")
endif()
