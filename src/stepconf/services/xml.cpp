#include "stepconf/services/xml.h"

#include <fmt/format.h>

#include <pugixml.hpp>

#include "stepconf/base/error.h"

namespace stepconf::services {
namespace {

constexpr int kDeepest = 100;

XmlElement read(const pugi::xml_node& node, int depth, std::string_view source) {
  if (depth > kDeepest) {
    throw Error(fmt::format("{}: elements are nested deeper than {} levels", source, kDeepest));
  }
  XmlElement element{.name = node.name(), .text = node.text().get()};
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) {
      element.children.push_back(read(child, depth + 1, source));
    }
  }
  return element;
}

}  // namespace

const XmlElement& XmlElement::child(std::string_view wanted) const {
  static const XmlElement kNone;
  for (const XmlElement& each : children) {
    if (each.name == wanted) return each;
  }
  return kNone;
}

std::string XmlElement::text_at(std::initializer_list<std::string_view> names) const {
  const XmlElement* at = this;
  for (const std::string_view each : names) at = &at->child(each);
  return at->text;
}

std::vector<XmlElement> XmlElement::members(std::string_view list) const {
  std::vector<XmlElement> found;
  for (const XmlElement& each : child(list).children) {
    if (each.name == "member") found.push_back(each);
  }
  return found;
}

XmlElement parse_xml(std::string_view text, std::string_view source) {
  pugi::xml_document document;
  // Without document types: nothing of AWS's has any, and entities are resolved without them.
  const pugi::xml_parse_result result =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result || !document.document_element()) {
    throw Error(fmt::format("{} is no XML: {}", source,
                            result ? "it has no element" : result.description()));
  }
  return read(document.document_element(), 1, source);
}

}  // namespace stepconf::services
