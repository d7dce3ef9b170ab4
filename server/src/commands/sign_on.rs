//! How people sign in, as the settings say it.

use super::CommandError;
use crate::auth::provider::{Admits, Provider, ProviderSettings};
use app::model::Role;
use clap::{ArgAction, Args, builder::BoolishValueParser};

#[derive(Args, Clone, Debug)]
pub struct SignOn {
    /// The address of the identity provider, as it writes it itself
    #[arg(long, env = "CREDITDESK_OIDC_ISSUER", value_name = "URL")]
    oidc_issuer: Option<String>,

    /// Our name at the identity provider
    #[arg(long, env = "CREDITDESK_OIDC_CLIENT_ID", value_name = "ID")]
    oidc_client_id: Option<String>,

    /// Our secret there; left out, PKCE alone protects the sign-on
    #[arg(long, env = "CREDITDESK_OIDC_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    oidc_client_secret: Option<String>,

    /// What the button says after "Sign in with" [default: the provider's host]
    #[arg(long, env = "CREDITDESK_OIDC_NAME", value_name = "NAME")]
    oidc_name: Option<String>,

    /// Domains of e-mail addresses that are let in without an invitation, with commas between them
    #[arg(long, env = "CREDITDESK_OIDC_DOMAINS", value_name = "DOMAINS")]
    oidc_domains: Option<String>,

    /// The role of whom these domains let in: admin, finance or support
    #[arg(long, env = "CREDITDESK_OIDC_DEFAULT_ROLE", value_name = "ROLE")]
    oidc_default_role: Option<String>,

    /// Let people in by e-mail and password
    #[arg(
        long,
        env = "CREDITDESK_PASSWORD_SIGN_IN",
        default_value = "true",
        action = ArgAction::Set,
        value_parser = BoolishValueParser::new(),
        value_name = "BOOL"
    )]
    pub password_sign_in: bool,
}

impl SignOn {
    /// The identity provider, if there is one; browsers reach us at `base`.
    pub fn provider(&self, base: &str) -> Result<Option<Provider>, CommandError> {
        let Some(issuer) = given(self.oidc_issuer.as_ref()) else {
            let others = [
                ("CREDITDESK_OIDC_CLIENT_ID", &self.oidc_client_id),
                ("CREDITDESK_OIDC_CLIENT_SECRET", &self.oidc_client_secret),
                ("CREDITDESK_OIDC_DOMAINS", &self.oidc_domains),
                ("CREDITDESK_OIDC_DEFAULT_ROLE", &self.oidc_default_role),
            ];
            if let Some((name, _)) = others.into_iter().find(|(_, value)| given(value.as_ref()).is_some()) {
                return Err(CommandError::usage(format!("{name} is of no use without CREDITDESK_OIDC_ISSUER")));
            }
            if !self.password_sign_in {
                return Err(CommandError::usage(
                    "CREDITDESK_PASSWORD_SIGN_IN=false needs another way in: set CREDITDESK_OIDC_ISSUER",
                ));
            }
            return Ok(None);
        };
        let client_id = given(self.oidc_client_id.as_ref())
            .ok_or_else(|| CommandError::usage("CREDITDESK_OIDC_ISSUER needs CREDITDESK_OIDC_CLIENT_ID"))?;
        let host = url::Url::parse(&issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
        let settings = ProviderSettings {
            name: given(self.oidc_name.as_ref()).or(host).unwrap_or_else(|| issuer.clone()),
            issuer,
            client_id,
            client_secret: given(self.oidc_client_secret.as_ref()),
            base: base.to_owned(),
            admits: self.admits()?,
        };
        Provider::new(settings).map(Some).map_err(CommandError::usage)
    }

    fn admits(&self) -> Result<Option<Admits>, CommandError> {
        let (domains, role) = match (given(self.oidc_domains.as_ref()), given(self.oidc_default_role.as_ref())) {
            (None, None) => return Ok(None),
            (Some(domains), Some(role)) => (domains, role),
            _ => {
                return Err(CommandError::usage(
                    "CREDITDESK_OIDC_DOMAINS and CREDITDESK_OIDC_DEFAULT_ROLE go together: set both or neither",
                ));
            }
        };
        let role = Role::parse(&role)
            .ok_or_else(|| CommandError::usage("CREDITDESK_OIDC_DEFAULT_ROLE must be admin, finance or support"))?;
        let domains: Vec<String> = domains.split(',').map(|domain| domain.trim().to_lowercase()).collect();
        if domains.iter().any(|domain| domain.is_empty() || domain.contains(['@', '*', ' ']) || !domain.contains('.')) {
            return Err(CommandError::usage("CREDITDESK_OIDC_DOMAINS must be domains such as example.com,example.org"));
        }
        Ok(Some(Admits { domains, role }))
    }
}

/// A setting, trimmed; an empty one is none.
fn given(value: Option<&String>) -> Option<String> {
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        sign_on: SignOn,
    }

    fn read(arguments: &[&str]) -> Result<Option<Provider>, String> {
        let line = Line::try_parse_from([&["test"], arguments].concat()).map_err(|error| error.to_string())?;
        line.sign_on.provider("https://desk.example.com").map_err(|error| error.to_string())
    }

    #[test]
    fn half_a_setting_is_refused_by_its_name() {
        assert!(read(&[]).unwrap().is_none());
        let issuer = "--oidc-issuer=https://id.example.com";
        for (arguments, name) in [
            (vec![issuer], "CREDITDESK_OIDC_CLIENT_ID"),
            (vec!["--oidc-client-id=desk"], "CREDITDESK_OIDC_CLIENT_ID"),
            (vec!["--password-sign-in=false"], "CREDITDESK_PASSWORD_SIGN_IN"),
            (vec!["--oidc-issuer=http://id.example.com", "--oidc-client-id=desk"], "CREDITDESK_OIDC_ISSUER"),
            (vec![issuer, "--oidc-client-id=desk", "--oidc-domains=a.example"], "CREDITDESK_OIDC_DEFAULT_ROLE"),
            (
                vec![issuer, "--oidc-client-id=desk", "--oidc-domains=a.example", "--oidc-default-role=owner"],
                "CREDITDESK_OIDC_DEFAULT_ROLE",
            ),
            (
                vec![issuer, "--oidc-client-id=desk", "--oidc-domains=@a.example", "--oidc-default-role=support"],
                "CREDITDESK_OIDC_DOMAINS",
            ),
        ] {
            let refused = read(&arguments).unwrap_err();
            assert!(refused.contains(name), "{arguments:?}: {refused}");
        }
    }

    #[test]
    fn the_button_is_named_by_the_host_unless_told() {
        let named = |arguments: &[&str]| {
            let both = ["--oidc-issuer=https://id.example.com/realms/a", "--oidc-client-id=desk"];
            read(&[&both, arguments].concat()).unwrap().unwrap().name
        };
        assert_eq!(named(&[]), "id.example.com");
        assert_eq!(named(&["--oidc-name="]), "id.example.com");
        assert_eq!(named(&["--oidc-name=Example"]), "Example");
    }
}
