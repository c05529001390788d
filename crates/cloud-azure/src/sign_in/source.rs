//! How to sign in: what the operator names, else what the environment has set up, in the vendor's order.
//!
//! The first that is set up is the one: one that fails is an error, not a reason to become somebody else.

use super::certificate::Certificate;
use super::door::{Authority, Door};
use super::environment::Environment;
use crate::{AccountSettings, SignIn};
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, RetryOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use cloud::{Error, Wire};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const AUTHORITY: &str = "https://login.microsoftonline.com";

/// A way to sign in that has all that it needs.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    authority: Authority,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Secret { app: App, secret: Hidden },
    Certificate { app: App, file: PathBuf },
    Workload { app: App, token_file: PathBuf },
    Managed { client_id: Option<String> },
    Cli { tenant_id: Option<String> },
}

/// An application in a tenant.
#[derive(Clone, Debug)]
struct App {
    tenant_id: String,
    client_id: String,
}

#[derive(Clone, Debug)]
enum Hidden {
    Given(SecretString),
    File(PathBuf),
}

/// What settings and environment say together; the settings go first.
struct Said {
    sign_in: Option<SignIn>,
    tenant_id: Option<String>,
    client_id: Option<String>,
    secret: Option<Hidden>,
    certificate: Option<PathBuf>,
    token_file: Option<PathBuf>,
    has_identity: bool,
    has_cli: bool,
}

/// # Errors
/// What is missing for the way that is named.
pub(crate) fn chain(
    settings: &AccountSettings,
    environment: &Environment,
) -> Result<Source, Error> {
    let host = settings.authority_host.clone().or_else(|| environment.get("AZURE_AUTHORITY_HOST"));
    let authority = Authority::of(host.as_deref().unwrap_or(AUTHORITY));
    let authority = authority.map_err(|why| no_credentials(&format!("the authority {why}")))?;
    let said = Said::of(settings, environment);
    let way = said.way(said.sign_in.unwrap_or_else(|| said.first()))?;
    Ok(Source { authority, way })
}

impl Said {
    fn of(settings: &AccountSettings, environment: &Environment) -> Said {
        let AccountSettings {
            subscription_id: _,
            tenant_id,
            client_id,
            sign_in,
            client_secret_file,
            client_certificate_file,
            federated_token_file,
            endpoint_url: _,
            authority_host: _,
            client_secret,
        } = settings;
        let text = |own: &Option<String>, name| own.clone().or_else(|| environment.get(name));
        let file = |own: &Option<PathBuf>, name| {
            own.clone().or_else(|| environment.get(name).map(PathBuf::from))
        };
        let given = client_secret.clone().map(Hidden::Given);
        let given = given.or_else(|| client_secret_file.clone().map(Hidden::File));
        let theirs = || environment.get("AZURE_CLIENT_SECRET").map(SecretString::from);
        let home = environment.get("HOME").map(|home| PathBuf::from(home).join(".azure"));
        let cli = environment.get("AZURE_CONFIG_DIR").map(PathBuf::from).or(home);
        Said {
            sign_in: *sign_in,
            tenant_id: text(tenant_id, "AZURE_TENANT_ID"),
            client_id: text(client_id, "AZURE_CLIENT_ID"),
            secret: given.or_else(|| theirs().map(Hidden::Given)),
            certificate: file(client_certificate_file, "AZURE_CLIENT_CERTIFICATE_PATH"),
            token_file: file(federated_token_file, "AZURE_FEDERATED_TOKEN_FILE"),
            has_identity: environment.get("IDENTITY_ENDPOINT").is_some(),
            has_cli: cli.is_some_and(|cli| cli.join("azureProfile.json").exists()),
        }
    }

    /// A virtual machine's own identity leaves no trace in the environment: it is asked for when there is nothing else.
    fn first(&self) -> SignIn {
        match self {
            Said { secret: Some(_), .. } => SignIn::ClientSecret,
            Said { certificate: Some(_), .. } => SignIn::ClientCertificate,
            Said { token_file: Some(_), .. } => SignIn::WorkloadIdentity,
            Said { has_identity: false, has_cli: true, .. } => SignIn::AzureCli,
            Said { .. } => SignIn::ManagedIdentity,
        }
    }

    fn way(&self, sign_in: SignIn) -> Result<Way, Error> {
        Ok(match sign_in {
            SignIn::ClientSecret => {
                let secret = needed(self.secret.as_ref(), "client_secret_file")?;
                Way::Secret { app: self.app()?, secret }
            }
            SignIn::ClientCertificate => {
                let file = needed(self.certificate.as_ref(), "client_certificate_file")?;
                Way::Certificate { app: self.app()?, file }
            }
            SignIn::WorkloadIdentity => {
                let token_file = needed(self.token_file.as_ref(), "federated_token_file")?;
                Way::Workload { app: self.app()?, token_file }
            }
            SignIn::ManagedIdentity => Way::Managed { client_id: self.client_id.clone() },
            SignIn::AzureCli => Way::Cli { tenant_id: self.tenant_id.clone() },
        })
    }

    fn app(&self) -> Result<App, Error> {
        Ok(App {
            tenant_id: needed(self.tenant_id.as_ref(), "tenant_id")?,
            client_id: needed(self.client_id.as_ref(), "client_id")?,
        })
    }
}

impl Source {
    /// # Errors
    /// A file that cannot be read, or does not hold what it should.
    pub(crate) fn credential(
        &self,
        wire: &Arc<dyn Wire>,
    ) -> Result<Arc<dyn TokenCredential>, Error> {
        let options = self.options(wire);
        Ok(match &self.way {
            Way::Secret { app: App { tenant_id, client_id }, secret } => {
                let secret = Secret::new(secret.text()?.expose_secret().to_owned());
                let options = ClientSecretCredentialOptions { client_options: options };
                sound(ClientSecretCredential::new(
                    tenant_id,
                    client_id.clone(),
                    secret,
                    Some(options),
                ))?
            }
            Way::Certificate { app, file } => self.certified(app, file, options)?,
            Way::Workload { app: App { tenant_id, client_id }, token_file } => {
                let options = WorkloadIdentityCredentialOptions {
                    credential_options: ClientAssertionCredentialOptions {
                        client_options: options,
                    },
                    client_id: Some(client_id.clone()),
                    tenant_id: Some(tenant_id.clone()),
                    token_file_path: Some(token_file.clone()),
                };
                sound(WorkloadIdentityCredential::new(Some(options)))?
            }
            Way::Managed { client_id } => {
                let user_assigned_id = client_id.clone().map(UserAssignedId::ClientId);
                let options =
                    ManagedIdentityCredentialOptions { user_assigned_id, client_options: options };
                sound(ManagedIdentityCredential::new(Some(options)))?
            }
            Way::Cli { tenant_id } => {
                let tenant_id = tenant_id.clone();
                let options = AzureCliCredentialOptions { tenant_id, ..Default::default() };
                sound(AzureCliCredential::new(Some(options)))?
            }
        })
    }

    fn certified(
        &self,
        app: &App,
        file: &Path,
        client_options: ClientOptions,
    ) -> Result<Arc<dyn TokenCredential>, Error> {
        let App { tenant_id, client_id } = app;
        let audience = format!("{}/{tenant_id}/oauth2/v2.0/token", self.authority.url());
        let pem = SecretString::from(read_file(file)?);
        let certificate = Certificate::read(pem.expose_secret().as_bytes(), client_id, audience);
        let certificate = certificate
            .map_err(|why| no_credentials(&format!("cannot use {}: {why}", file.display())))?;
        let options = ClientAssertionCredentialOptions { client_options };
        let (tenant, client) = (tenant_id.clone(), client_id.clone());
        Ok(sound(ClientAssertionCredential::new(tenant, client, certificate, Some(options)))?)
    }

    fn options(&self, wire: &Arc<dyn Wire>) -> ClientOptions {
        let mut custom = CustomConfiguration::default();
        self.authority.url().clone_into(&mut custom.authority_host);
        let door = Door { wire: wire.clone(), authority: self.authority.clone() };
        ClientOptions {
            retry: RetryOptions::none(),
            transport: Some(Transport::new(Arc::new(door))),
            cloud: Some(Arc::new(CloudConfiguration::from(custom))),
            ..ClientOptions::default()
        }
    }
}

impl Hidden {
    /// Read anew each time: a secret that is rotated is taken up by itself.
    fn text(&self) -> Result<SecretString, Error> {
        match self {
            Hidden::Given(secret) => Ok(secret.clone()),
            Hidden::File(path) => Ok(SecretString::from(read_file(path)?.trim().to_owned())),
        }
    }
}

fn needed<T: Clone>(value: Option<&T>, key: &str) -> Result<T, Error> {
    value.cloned().ok_or_else(|| no_credentials(&format!("`{key}` is missing")))
}

fn sound<T>(made: azure_core::Result<T>) -> Result<T, Error> {
    made.map_err(|error| no_credentials(&error.to_string()))
}

fn no_credentials(why: &str) -> Error {
    let message = format!(
        "no credentials for Azure: {why}; set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or name a way to sign in for this account"
    );
    Error::Credentials { message }
}

/// The path is told, never what stands in the file.
fn read_file(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map_err(|error| no_credentials(&format!("cannot read {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn way(settings: &AccountSettings, variables: &[(&str, &str)]) -> String {
        let variables: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let environment = Environment::new(move |name| variables.get(name).cloned());
        match chain(settings, &environment) {
            Ok(source) => format!("{:?}", source.way),
            Err(error) => error.to_string(),
        }
    }

    const APP: [(&str, &str); 2] = [("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "c")];

    #[test]
    fn the_first_that_is_set_up_is_the_one() {
        let settings = AccountSettings::default();
        let with = |more: &[(&'static str, &'static str)]| way(&settings, &[&APP, more].concat());
        let secret = ("AZURE_CLIENT_SECRET", "hush");
        let certificate = ("AZURE_CLIENT_CERTIFICATE_PATH", "/c.pem");
        let token = ("AZURE_FEDERATED_TOKEN_FILE", "/token");
        assert!(with(&[secret, certificate, token]).starts_with("Secret"));
        assert!(with(&[certificate, token]).starts_with("Certificate"));
        assert!(with(&[token]).starts_with("Workload"));
        assert!(with(&[]).starts_with("Managed"));
        assert!(!with(&[secret]).contains("hush"));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("azureProfile.json"), "{}").unwrap();
        let folder = folder.path().to_str().unwrap();
        let cli = ("AZURE_CONFIG_DIR", folder);
        assert!(way(&settings, &[cli]).starts_with("Cli"));
        assert!(way(&settings, &[cli, ("IDENTITY_ENDPOINT", "http://x")]).starts_with("Managed"));
    }

    #[test]
    fn what_the_operator_names_goes_first_and_says_what_it_lacks() {
        let named = |sign_in| AccountSettings { sign_in: Some(sign_in), ..Default::default() };
        let cli = named(SignIn::AzureCli);
        assert!(way(&cli, &[("AZURE_CLIENT_SECRET", "s")]).starts_with("Cli"));
        for (sign_in, missing) in [
            (SignIn::ClientSecret, "`client_secret_file`"),
            (SignIn::ClientCertificate, "`client_certificate_file`"),
            (SignIn::WorkloadIdentity, "`federated_token_file`"),
        ] {
            let said = way(&named(sign_in), &APP);
            assert!(said.contains(missing), "{said}");
        }
        let said = way(&named(SignIn::ClientSecret), &[("AZURE_CLIENT_SECRET", "s")]);
        assert!(said.contains("`tenant_id`"), "{said}");
        let plain = AccountSettings {
            authority_host: Some("http://login.example.com".into()),
            ..named(SignIn::AzureCli)
        };
        assert!(way(&plain, &[]).contains("HTTPS"));
    }
}
