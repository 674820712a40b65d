//! Where the tour takes place: in a cluster of its own or in one that is there; and what has to be there first.

use super::{
    cloud::Cloud,
    cluster::{Cluster, name, text},
};
use crate::{
    error::{Error, Result},
    files,
};
use serde_json::{Value, json};
use std::path::Path;

/// The files of `examples/quickstart`, in the order in which they are shown.
const FILES: [&str; 4] = ["provider-config", "cloud", "network", "server"];
/// Where they place their objects, and their credentials.
const OBJECTS: &str = "default";
const SYSTEM: &str = "crossplane-system";
/// In a cluster that is there, both are here.
const GUEST: &str = "kupenstack-try";
/// What the provider's Deployment and package are named.
const PROVIDER: &str = "provider-kupenstack";

/// Where it takes place.
pub(super) struct Stage {
    pub(super) external: bool,
    /// As the variable `KUBECONFIG` has it.
    pub(super) kubeconfig: String,
    /// Where managed resources are.
    pub(super) namespace: String,
    /// Where the provider's own objects and the credentials are.
    pub(super) system: String,
}

impl Stage {
    /// In a cluster of its own.
    pub(super) fn own(kubeconfig: &Path) -> Self {
        let kubeconfig = kubeconfig.display().to_string();
        Self { external: false, kubeconfig, namespace: OBJECTS.to_owned(), system: SYSTEM.to_owned() }
    }

    /// In a user's, in a namespace that is removed with it.
    pub(super) fn guest(kubeconfig: String) -> Self {
        Self { external: true, kubeconfig, namespace: GUEST.to_owned(), system: GUEST.to_owned() }
    }

    /// The namespace, and the Secret that the ProviderConfigs name.
    pub(super) fn credentials(&self, cloud: &Cloud) -> [Value; 2] {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.system}});
        let secret = json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "openstack", "namespace": self.system},
            "stringData": {"clouds.yaml": cloud.clouds_yaml()}});
        [namespace, secret]
    }

    /// `examples/quickstart`: its ProviderConfigs, and its managed resources.
    /// `image` is where its image is.
    pub(super) fn quickstart(&self, checkout: &Path, image: &str) -> Result<(Vec<Value>, Vec<Value>)> {
        let mut all = vec![];
        for file in FILES {
            all.extend(read(&checkout.join(format!("examples/quickstart/{file}.yaml")))?);
        }
        all.iter_mut().for_each(|object| self.adapt(object, image));
        Ok(all.into_iter().partition(|object| text(object, "/kind") == "ClusterProviderConfig"))
    }

    /// To this stage's namespaces; and the image comes from where this cloud's is.
    fn adapt(&self, object: &mut Value, image: &str) {
        let wanted = [
            ("/metadata/namespace", self.namespace.as_str()),
            ("/spec/credentials/secretRef/namespace", &self.system),
            ("/spec/forProvider/source/url", image),
        ];
        for (at, value) in wanted {
            if let Some(place) = object.pointer_mut(at) {
                *place = json!(value);
            }
        }
    }

    /// Of a cluster that is there: whether nothing is in the way. Returns the CRDs that are missing.
    pub(super) async fn check(
        &self,
        cluster: &Cluster,
        crds: &[Value],
        configs: &[Value],
    ) -> Result<Vec<Value>> {
        let taken = |what: String| Error::Machine {
            what: format!("in {}, {what}", cluster.address),
            help: "take a cluster in which no provider of ours works: two would change the same objects"
                .to_owned(),
        };
        let packages = cluster.list("pkg.crossplane.io/v1", "Provider").await?;
        let package = |object: &&Value| text(object, "/spec/package").contains(PROVIDER);
        let deployments = cluster.list("apps/v1", "Deployment").await?;
        let deployed = |object: &&Value| text(object, "/metadata/name").starts_with(PROVIDER);
        let works = packages.iter().find(package).or_else(|| deployments.iter().find(deployed));
        if let Some(works) = works {
            return Err(taken(format!("{} is there already", name(works))));
        }
        let namespace =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}});
        for object in std::iter::once(&namespace).chain(configs) {
            if cluster.get(object).await?.is_some() {
                return Err(taken(format!("{} is there already", name(object))));
            }
        }
        let mut missing = vec![];
        for crd in crds {
            if cluster.get(crd).await?.is_none() {
                missing.push(crd.clone());
            }
        }
        Ok(missing)
    }
}

/// The CRDs of `package/standalone.yaml`.
pub(super) fn crds(checkout: &Path) -> Result<Vec<Value>> {
    let mut all = read(&checkout.join("package/standalone.yaml"))?;
    all.retain(|object| text(object, "/kind") == "CustomResourceDefinition");
    Ok(all)
}

fn read(file: &Path) -> Result<Vec<Value>> {
    serde_saphyr::from_multiple(&files::read(file)?).map_err(|why| Error::Machine {
        what: format!("{} can't be read: {why}", file.display()),
        help: "restore the file from version control".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_keeps_to_its_namespace_and_the_image_comes_from_the_simulated_clouds_side() {
        let stage = Stage::guest("/k".to_owned());
        let mut image =
            json!({"metadata": {"namespace": "default"}, "spec": {"forProvider": {"source": {"url": "u"}}}});
        stage.adapt(&mut image, "http://127.0.0.1:1/disk");
        assert_eq!(text(&image, "/metadata/namespace"), GUEST);
        assert_eq!(text(&image, "/spec/forProvider/source/url"), "http://127.0.0.1:1/disk");
        let mut config = json!({"metadata": {}, "spec": {"credentials": {"secretRef": {"namespace": "crossplane-system"}}}});
        stage.adapt(&mut config, "");
        assert_eq!(config["spec"]["credentials"]["secretRef"]["namespace"], GUEST);
        assert!(config["metadata"].get("namespace").is_none(), "of the whole cluster");
    }

    #[test]
    fn the_kinds_of_the_quick_start_are_among_the_crds() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let crds = crds(&checkout).unwrap();
        let kinds: Vec<_> = crds.iter().map(|crd| text(crd, "/spec/names/kind")).collect();
        for file in FILES {
            for object in read(&checkout.join(format!("examples/quickstart/{file}.yaml"))).unwrap() {
                assert!(kinds.contains(&text(&object, "/kind")), "{}", name(&object));
            }
        }
    }
}
