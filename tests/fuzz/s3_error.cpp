// Whatever a service answers with an error status, it is described.
#include <string>

#include "stepconf/aws/error_document.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  const std::string_view bytes = fuzz::text(data, size);
  const aws::ServiceError error = aws::service_error({.status = 503, .body = std::string(bytes)});
  fuzz::expect(error.what()[0] != '\0', "an error has a message");
  fuzz::expect(aws::passes_by(error), "503 passes by");
  return 0;
}
