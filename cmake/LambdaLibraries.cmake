# The libraries of the programs that run inside Lambda, from STEPCONF_LAMBDA_ROOT, under the names that find_package gives them elsewhere.

function(lambda_header_library name)
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} INTERFACE ${STEPCONF_LAMBDA_ROOT}/include)
endfunction()

lambda_header_library(Boost::headers)
# Boost 1.74 takes C++20's libc++ for an older library, which had std::result_of.
target_compile_definitions(Boost::headers INTERFACE BOOST_ASIO_HAS_STD_INVOKE_RESULT)
lambda_header_library(nlohmann_json::nlohmann_json)
lambda_header_library(fmt::fmt)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY)

file(GLOB mbedtls_sources ${STEPCONF_LAMBDA_ROOT}/mbedtls/library/*.c)
add_library(stepconf_mbedtls STATIC ${mbedtls_sources})
target_include_directories(stepconf_mbedtls SYSTEM PUBLIC ${STEPCONF_LAMBDA_ROOT}/mbedtls/include)
add_library(MbedTLS::mbedtls ALIAS stepconf_mbedtls)
