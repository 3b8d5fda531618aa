#include "stepconf/services/iam.h"

#include <utility>

#include "stepconf/net/http.h"
#include "stepconf/services/pages.h"
#include "stepconf/services/query_caller.h"

namespace stepconf::services {
namespace {

constexpr std::string_view kIamVersion = "2010-05-08";

// Policies come percent-encoded (RFC 3986).
Role read_role(const XmlElement& role) {
  Role found{
      .name = role.text_at({"RoleName"}),
      .arn = role.text_at({"Arn"}),
      .trust = net::percent_decode(role.text_at({"AssumeRolePolicyDocument"})),
      .permissions_boundary = role.text_at({"PermissionsBoundary", "PermissionsBoundaryArn"})};
  for (const XmlElement& tag : role.members("Tags")) {
    found.tags[tag.text_at({"Key"})] = tag.text_at({"Value"});
  }
  return found;
}

template <class Ask>
auto if_there(Ask ask) -> std::optional<decltype(ask())> {
  try {
    return ask();
  } catch (const aws::ServiceError& error) {
    if (!not_there(error)) throw;
    return std::nullopt;
  }
}

bool remove(Caller& caller, const std::string& operation, const std::string& role,
            const aws::Parameters& parameters) {
  return caller.remove(operation, role, aws::query_request(operation, kIamVersion, parameters));
}

aws::Parameters of_role(const std::string& role, const std::string& marker) {
  aws::Parameters parameters{{"RoleName", role}};
  if (!marker.empty()) parameters["Marker"] = marker;
  return parameters;
}

}  // namespace

Role Iam::create_role(const std::string& name, const std::string& trust, const Texts& tags,
                      const std::string& permissions_boundary) {
  aws::Parameters parameters{{"RoleName", name}, {"AssumeRolePolicyDocument", trust}};
  if (!permissions_boundary.empty()) parameters["PermissionsBoundary"] = permissions_boundary;
  add_tags(tags, parameters);
  return read_role(
      query(caller_, kIamVersion, "CreateRole", name, parameters, Repeat::kUnsafe).child("Role"));
}

std::optional<Role> Iam::find_role(const std::string& name) {
  return if_there([&] {
    return read_role(
        query(caller_, kIamVersion, "GetRole", name, {{"RoleName", name}}).child("Role"));
  });
}

void Iam::update_trust(const std::string& role, const std::string& trust) {
  query(caller_, kIamVersion, "UpdateAssumeRolePolicy", role,
        {{"RoleName", role}, {"PolicyDocument", trust}});
}

bool Iam::remove_role(const std::string& name) {
  return remove(caller_, "DeleteRole", name, {{"RoleName", name}});
}

void Iam::put_role_policy(const std::string& role, const std::string& policy,
                          const std::string& document) {
  query(caller_, kIamVersion, "PutRolePolicy", role,
        {{"RoleName", role}, {"PolicyName", policy}, {"PolicyDocument", document}});
}

std::optional<std::string> Iam::find_role_policy(const std::string& role,
                                                 const std::string& policy) {
  return if_there([&] {
    return net::percent_decode(query(caller_, kIamVersion, "GetRolePolicy", role,
                                     {{"RoleName", role}, {"PolicyName", policy}})
                                   .text_at({"PolicyDocument"}));
  });
}

std::vector<std::string> Iam::role_policies(const std::string& role) {
  return all_pages([&](const std::string& marker) {
    const XmlElement result =
        query(caller_, kIamVersion, "ListRolePolicies", role, of_role(role, marker));
    Page<std::string> page{.next = result.text_at({"Marker"})};
    for (const XmlElement& each : result.members("PolicyNames")) page.items.push_back(each.text);
    return page;
  });
}

bool Iam::remove_role_policy(const std::string& role, const std::string& policy) {
  return remove(caller_, "DeleteRolePolicy", role, {{"RoleName", role}, {"PolicyName", policy}});
}

void Iam::attach_role_policy(const std::string& role, const std::string& policy_arn) {
  query(caller_, kIamVersion, "AttachRolePolicy", role,
        {{"RoleName", role}, {"PolicyArn", policy_arn}});
}

std::vector<std::string> Iam::attached_policies(const std::string& role) {
  return all_pages([&](const std::string& marker) {
    const XmlElement result =
        query(caller_, kIamVersion, "ListAttachedRolePolicies", role, of_role(role, marker));
    Page<std::string> page{.next = result.text_at({"Marker"})};
    for (const XmlElement& each : result.members("AttachedPolicies")) {
      page.items.push_back(each.text_at({"PolicyArn"}));
    }
    return page;
  });
}

bool Iam::detach_role_policy(const std::string& role, const std::string& policy_arn) {
  return remove(caller_, "DetachRolePolicy", role, {{"RoleName", role}, {"PolicyArn", policy_arn}});
}

}  // namespace stepconf::services
