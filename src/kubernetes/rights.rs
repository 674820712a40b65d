//! What a ServiceAccount lacks of what components need, for people to read in the status of the ProviderConfig.

use super::{api::ApiServer, error::Error};
use http::Method;
use serde_json::{Value, json};

/// What charts are made of: group, resource, and the verbs that are needed.
const NEEDED: &[(&str, &[&str], &[&str])] = &[
    ("", &["configmaps", "secrets", "services", "serviceaccounts"], CHANGES),
    ("", &["pods"], &["delete", "list", "watch"]),
    ("", &["persistentvolumeclaims"], &["list", "delete"]),
    ("apps", &["daemonsets", "deployments", "statefulsets"], CHANGES),
    ("batch", &["cronjobs", "jobs"], CHANGES),
    ("discovery.k8s.io", &["endpointslices"], &["list", "watch"]),
    ("policy", &["poddisruptionbudgets"], CHANGES),
    ("rbac.authorization.k8s.io", &["rolebindings", "roles"], CHANGES),
];
const CHANGES: &[&str] = &["create", "delete", "get", "list", "patch", "watch"];

/// Asks the API server what the account may do in a namespace; returns what it lacks: `patch secrets`.
///
/// # Errors
/// The API server refused or did not answer.
pub async fn missing(api: &ApiServer, namespace: &str) -> Result<Vec<String>, Error> {
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let answer = api.pass_on(Method::POST, path, Some(&review)).await?;
    let status = answer.get("status").unwrap_or(&Value::Null);
    // An authorizer that can't list its rules may still allow everything.
    if status.get("incomplete").and_then(Value::as_bool).unwrap_or_default() {
        return Ok(vec![]);
    }
    let rules: Vec<_> = status.get("resourceRules").and_then(Value::as_array).into_iter().flatten().collect();
    let mut missing = vec![];
    for (group, resources, verbs) in NEEDED {
        for resource in *resources {
            let may = |verb: &&&str| !rules.iter().any(|rule| allows(rule, verb, group, resource));
            let lacks: Vec<_> = verbs.iter().filter(may).copied().collect();
            if !lacks.is_empty() {
                missing.push(format!("{} {resource}", lacks.join(",")));
            }
        }
    }
    Ok(missing)
}

fn allows(rule: &Value, verb: &str, group: &str, resource: &str) -> bool {
    let has = |field: &str, wanted: &str| {
        let mut all =
            rule.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        all.any(|one| one == "*" || one == wanted)
    };
    // A rule for some names is none for all.
    let some = rule.get("resourceNames").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
    !some && has("verbs", verb) && has("apiGroups", group) && has("resources", resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_allows_what_it_names_and_a_star_everything() {
        let rule = json!({"verbs": ["get", "list"], "apiGroups": ["apps"], "resources": ["deployments"]});
        assert!(allows(&rule, "get", "apps", "deployments"));
        for (verb, group, resource) in
            [("patch", "apps", "deployments"), ("get", "", "deployments"), ("get", "apps", "daemonsets")]
        {
            assert!(!allows(&rule, verb, group, resource), "{verb} {group} {resource}");
        }
        let all = json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]});
        assert!(allows(&all, "patch", "batch", "jobs"));
        let named = json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "resourceNames": ["a"]});
        assert!(!allows(&named, "get", "", "secrets"));
    }
}
