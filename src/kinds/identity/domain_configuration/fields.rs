//! What a domain's configuration has: the options of Keystone that a domain can have of its own.

use crate::api::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be wanted of a domain's configuration. Options that are left out are not managed; Keystone takes its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainConfigurationParameters {
    /// Id of the domain.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "required": true, "immutable": true}))]
    pub domain_id: Option<String>,
    /// Where the domain's users and groups are.
    pub identity: Option<IdentityOptions>,
    /// How they are found in LDAP.
    pub ldap: Option<LdapOptions>,
    /// Secret with the password that Keystone logs in to LDAP with. When the Secret changes, so does the password, within the poll
    /// interval.
    #[schemars(extend("x-os" = {"secret": "text", "within": "ldap", "needs": ["ldap"]}))]
    pub password_secret_ref: Option<SecretRef>,
}

/// Where a domain's users and groups are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityOptions {
    /// Where they are: sql for Keystone's database, ldap, or another driver that the cloud has.
    pub driver: Option<String>,
    /// How many a list has at the most.
    pub list_limit: Option<i32>,
}

/// How deep searches in LDAP go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LdapQueryScope {
    /// One level.
    One,
    /// All levels.
    Sub,
}

/// When aliases in LDAP are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LdapAliases {
    /// Never.
    Never,
    /// Below the base of a search.
    Searching,
    /// Always.
    Always,
    /// To find the base of a search.
    Finding,
    /// As the LDAP library is set up.
    Default,
}

/// What is asked of an LDAP server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LdapCertificate {
    /// It must be good.
    Demand,
    /// Nothing.
    Never,
    /// It is asked for, and may be missing or bad.
    Allow,
}

/// How users and groups are found in LDAP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LdapOptions {
    /// Addresses of LDAP servers, such as ldaps://ldap.example.org, with commas between. `%(password)s` in it stands for the password.
    pub url: Option<String>,
    /// Name (DN) that Keystone logs in to LDAP with.
    pub user: Option<String>,
    /// What all names end in where no other is given, such as dc=example,dc=org.
    pub suffix: Option<String>,
    /// How deep searches go.
    pub query_scope: Option<LdapQueryScope>,
    /// How many results a page has at the most; 0 for no pages.
    pub page_size: Option<i32>,
    /// When aliases are followed.
    pub alias_dereferencing: Option<LdapAliases>,
    /// Bits of what the LDAP library logs; 0 for nothing.
    pub debug_level: Option<i32>,
    /// Whether referrals to other servers are followed.
    pub chase_referrals: Option<bool>,
    /// Below what users are searched for.
    pub user_tree_dn: Option<String>,
    /// Filter that users must pass, such as (memberOf=cn=cloud,dc=example,dc=org).
    pub user_filter: Option<String>,
    /// Object class of users.
    pub user_objectclass: Option<String>,
    /// Attribute that is a user's id; must have one value.
    pub user_id_attribute: Option<String>,
    /// Attribute that is a user's name.
    pub user_name_attribute: Option<String>,
    /// Attribute that is a user's address for mail.
    pub user_mail_attribute: Option<String>,
    /// Attribute that is a user's description.
    pub user_description_attribute: Option<String>,
    /// Attribute that is a user's password.
    pub user_pass_attribute: Option<String>,
    /// Attribute that says whether a user is enabled.
    pub user_enabled_attribute: Option<String>,
    /// Whether that attribute says the opposite.
    pub user_enabled_invert: Option<bool>,
    /// Bit of that attribute that counts, where it is a number; 0 for all.
    pub user_enabled_mask: Option<i32>,
    /// What a user has there who is enabled, such as 512 in Active Directory.
    pub user_enabled_default: Option<String>,
    /// Attributes of users that Keystone leaves alone.
    #[schemars(length(max = 1000))]
    pub user_attribute_ignore: Option<Vec<String>>,
    /// Attribute that is the id of a user's default project.
    pub user_default_project_id_attribute: Option<String>,
    /// Whether those are enabled who are in the group that userEnabledEmulationDn names.
    pub user_enabled_emulation: Option<bool>,
    /// Name (DN) of the group of those who are enabled.
    pub user_enabled_emulation_dn: Option<String>,
    /// Whether that group is like the others, by groupMemberAttribute and groupObjectclass.
    pub user_enabled_emulation_use_group_config: Option<bool>,
    /// Further attributes of users, each as `<attribute in LDAP>:<name in Keystone>`.
    #[schemars(length(max = 1000))]
    pub user_additional_attribute_mapping: Option<Vec<String>>,
    /// Below what groups are searched for.
    pub group_tree_dn: Option<String>,
    /// Filter that groups must pass.
    pub group_filter: Option<String>,
    /// Object class of groups, such as posixGroup.
    pub group_objectclass: Option<String>,
    /// Attribute that is a group's id; must have one value.
    pub group_id_attribute: Option<String>,
    /// Attribute that is a group's name.
    pub group_name_attribute: Option<String>,
    /// Whether the members of a group are told by their ids, as in posixGroup, rather than by their DNs.
    pub group_members_are_ids: Option<bool>,
    /// Attribute that tells a group's members.
    pub group_member_attribute: Option<String>,
    /// Attribute that is a group's description.
    pub group_desc_attribute: Option<String>,
    /// Attributes of groups that Keystone leaves alone.
    #[schemars(length(max = 1000))]
    pub group_attribute_ignore: Option<Vec<String>>,
    /// Further attributes of groups, each as `<attribute in LDAP>:<name in Keystone>`.
    #[schemars(length(max = 1000))]
    pub group_additional_attribute_mapping: Option<Vec<String>>,
    /// File with certificates of authorities, where Keystone runs.
    pub tls_cacertfile: Option<String>,
    /// Directory with such files.
    pub tls_cacertdir: Option<String>,
    /// Whether an ldap:// connection becomes an encrypted one. Not for ldaps://.
    pub use_tls: Option<bool>,
    /// What is asked of the server's certificate.
    pub tls_req_cert: Option<LdapCertificate>,
    /// Whether connections are kept for further requests.
    pub use_pool: Option<bool>,
    /// How many connections are kept.
    pub pool_size: Option<i32>,
    /// How often connecting is tried.
    pub pool_retry_max: Option<i32>,
    /// Seconds between the tries.
    pub pool_retry_delay: Option<f64>,
    /// Seconds after which connecting has failed; -1 for never.
    pub pool_connection_timeout: Option<i32>,
    /// Seconds for which a connection is kept.
    pub pool_connection_lifetime: Option<i32>,
    /// Whether connections with which users log in are kept as well.
    pub use_auth_pool: Option<bool>,
    /// How many of these are kept.
    pub auth_pool_size: Option<i32>,
    /// Seconds for which such a connection is kept.
    pub auth_pool_connection_lifetime: Option<i32>,
}

/// What only the cloud says of a domain's configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainConfigurationObservation {
    /// Id of the domain: its configuration has none of its own.
    pub id: String,
}
