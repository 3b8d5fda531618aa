#pragma once

#include <string>
#include <string_view>

#include "stepconf/templates/value.h"

namespace stepconf::templates {

/// A template's text: JSON, where its first character beside white space is '{', else YAML.
enum class Format { json, yaml };

Format format_of(std::string_view text);

/// Reads a template, or a definition in YAML. Any bytes may be given. Aliases are put in and merge
/// keys (`<<`) applied, as deploying tools do it; comments are lost. Throws InvalidInput
/// "SOURCE:LINE: ..." where it is neither YAML nor JSON, no UTF-8, has a member twice, more than
/// one document, is nested deeper than 256 levels or has more than 200,000 values. Lines of a
/// JSON template's values are not known.
Value read_value(std::string_view text, const std::string& source);

}  // namespace stepconf::templates
