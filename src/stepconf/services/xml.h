#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepconf::services {

/// An element of an XML document: its text and the elements in it, in their order. Attributes and
/// comments are left out.
struct XmlElement {
  std::string name{};
  std::string text{};
  std::vector<XmlElement> children{};

  /// Gives the first child of that name, or an empty element.
  const XmlElement& child(std::string_view name) const;
  /// Gives the text of the element that names lead to, each in the one before: "" where one is not
  /// there.
  std::string text_at(std::initializer_list<std::string_view> names) const;
  /// Gives the elements "member" of a child, as awsQuery writes lists.
  std::vector<XmlElement> members(std::string_view list) const;
};

/// Parses a document and gives its root. Any bytes may be given. Throws Error that names `source`
/// where it is no XML or elements are nested deeper than 100 levels.
XmlElement parse_xml(std::string_view text, std::string_view source);

}  // namespace stepconf::services
