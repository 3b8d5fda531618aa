# mbedTLS 2.28 as the target MbedTLS::mbedtls. The static archives where they are there: the wrapper
# starts often, and each shared library costs its start some time.
find_path(MbedTLS_INCLUDE_DIR mbedtls/ssl.h)
foreach(part tls x509 crypto)
  find_library(MbedTLS_${part}_LIBRARY NAMES libmbed${part}.a mbed${part})
  list(APPEND MbedTLS_LIBRARIES ${MbedTLS_${part}_LIBRARY})
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MbedTLS REQUIRED_VARS MbedTLS_tls_LIBRARY MbedTLS_x509_LIBRARY MbedTLS_crypto_LIBRARY
                                                        MbedTLS_INCLUDE_DIR)
if(MbedTLS_FOUND AND NOT TARGET MbedTLS::mbedtls)
  add_library(MbedTLS::mbedtls INTERFACE IMPORTED)
  set_target_properties(MbedTLS::mbedtls PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${MbedTLS_INCLUDE_DIR}"
                                                    INTERFACE_LINK_LIBRARIES "${MbedTLS_LIBRARIES}")
endif()
