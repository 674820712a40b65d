use super::*;

#[test]
fn the_files_say_all_that_a_login_needs() {
    let cloud = CloudInfo {
        auth_url: "https://keystone/v3".into(),
        region: Some("North".into()),
        ca_bundle: Some("-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n".into()),
        ..CloudInfo::default()
    };
    let auth = json!({"auth_url": cloud.auth_url});
    let made = clouds_yaml(&cloud, "password", auth, "password", &"p: #x".into());
    let file: Value = serde_saphyr::from_str(made["clouds.yaml"].expose_secret()).unwrap();
    assert_eq!(
        file["clouds"]["openstack"],
        json!({"auth_type": "password", "identity_api_version": 3, "region_name": "North",
            "cacert": cloud.ca_bundle, "auth": {"auth_url": "https://keystone/v3", "password": "p: #x"}})
    );
    assert_eq!(made["clusterCA"].expose_secret(), cloud.ca_bundle.as_deref().unwrap());
    assert_eq!(
        cloud_conf(&cloud, "i", &"a\"b".into())["cloud.conf"].expose_secret(),
        "[Global]\nauth-url=\"https://keystone/v3\"\napplication-credential-id=\"i\"\n\
         application-credential-secret=\"a\\\"b\"\nregion=\"North\"\n"
    );
}
