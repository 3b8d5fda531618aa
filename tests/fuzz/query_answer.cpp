// Whatever a service of the query protocol answers, it is an element or an Error.
#include "stepconf/base/error.h"
#include "stepconf/services/xml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  try {
    const services::XmlElement root = services::parse_xml(fuzz::text(data, size), "the answer");
    fuzz::expect(!root.name.empty(), "an element has a name");
    fuzz::expect(root.members("member").size() <= size, "no more elements than bytes");
  } catch (const Error&) {
    // No XML.
  }
  return 0;
}
