# Builds what runs inside Lambda as self-contained programs: Clang and libc++ as Zig ships them, linked statically against musl. tools/package.sh provides
# ZIG (the compiler), STEPCONF_LAMBDA_ARCH (x86_64 or aarch64) and STEPCONF_LAMBDA_ROOT (headers and sources of the libraries).
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG STEPCONF_LAMBDA_ARCH STEPCONF_LAMBDA_ROOT)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${STEPCONF_LAMBDA_ARCH})
set(target "-target ${STEPCONF_LAMBDA_ARCH}-linux-musl")
set(CMAKE_C_COMPILER ${ZIG})
set(CMAKE_C_COMPILER_ARG1 "cc ${target}")
set(CMAKE_CXX_COMPILER ${ZIG})
set(CMAKE_CXX_COMPILER_ARG1 "c++ ${target}")
# Zig's archiver is a command of its own, which CMake cannot call by a variable.
set(CMAKE_AR ${STEPCONF_LAMBDA_ROOT}/ar)
set(CMAKE_RANLIB ${STEPCONF_LAMBDA_ROOT}/ranlib)

set(CMAKE_C_FLAGS_INIT "-ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT "-ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -s -Wl,--gc-sections")
# The machine's own headers and libraries are glibc's.
set(CMAKE_FIND_ROOT_PATH ${STEPCONF_LAMBDA_ROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
