//! Settings, from flags and the environment, and the folder of built pages.

use crate::commands::CommandError;
use app::model::Credits;
use clap::Args;
use leptos::config::{Env, LeptosOptions};
use std::path::{Path, PathBuf};

/// The name of the built files.
const OUTPUT: &str = "creditdesk";

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Where the ledger is kept: sqlite:PATH or postgres://… [default: sqlite:DATA/creditdesk.db]
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,

    /// The folder of the embedded database.
    #[arg(long, global = true, env = "CREDITDESK_DATA", default_value = "./data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// The reporting time zone: its days are the days of every report that asks for no other.
    #[arg(long, global = true, env = "CREDITDESK_ZONE", default_value = "UTC", value_name = "IANA_NAME")]
    pub zone: String,

    /// Credits below which an account is told of by an event; left out, none is
    #[arg(long, global = true, env = "CREDITDESK_LOW_BALANCE", value_name = "CREDITS")]
    pub low_balance: Option<Credits>,

    /// Let webhooks go to private addresses, and without TLS
    #[arg(long, global = true, env = "CREDITDESK_WEBHOOKS_ALLOW_PRIVATE")]
    pub webhooks_allow_private: bool,

    /// What is logged to standard error, such as info or server=debug [default: info for serve, else warn,sqlx=error]
    #[arg(long, global = true, env = "CREDITDESK_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

impl Settings {
    /// The database's address.
    pub fn database_url(&self) -> String {
        match self.database_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => url.to_owned(),
            None => format!("sqlite:{}", self.data.join("creditdesk.db").display()),
        }
    }
}

/// The built pages: their folder, and the file that names their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    root: Option<PathBuf>,
    hashes: Option<PathBuf>,
}

impl Site {
    /// The folder that was named, or the one beside the program: `site` there, or `../site`, which is where a build has
    /// it, or `target/site` of the folder we are in. Without any, the program serves all but styles and scripts.
    pub fn find(named: Option<&Path>) -> Result<Self, CommandError> {
        let program = std::env::current_exe().ok().and_then(|path| path.canonicalize().ok());
        let beside = program.as_deref().and_then(Path::parent);
        Self::find_beside(named, beside)
    }

    fn find_beside(named: Option<&Path>, beside: Option<&Path>) -> Result<Self, CommandError> {
        let root = if let Some(named) = named {
            if !named.is_dir() {
                return Err(CommandError::usage(format!("CREDITDESK_SITE: {} is no folder", named.display())));
            }
            Some(named.to_owned())
        } else {
            let near = beside.into_iter().flat_map(|folder| [folder.join("site"), folder.join("../site")]);
            near.chain([PathBuf::from("target/site")]).find(|folder| folder.join("pkg").is_dir())
        };
        let root = root.map(|folder| folder.canonicalize().unwrap_or(folder));
        // A build writes the hashes beside the program; a package may keep them with the site.
        let hashes = root.iter().flat_map(|root| {
            let near = beside.into_iter().map(Path::to_owned);
            near.chain([root.clone(), root.join("..")]).map(|folder| folder.join("hash.txt"))
        });
        let hashes = hashes.into_iter().find(|file| names_files_of(file, root.as_deref()));
        Ok(Self { root, hashes })
    }

    pub const fn is_found(&self) -> bool {
        self.root.is_some()
    }

    /// What the pages need to name their styles and scripts. An absolute path of the hash file wins over the program's
    /// folder, where it would be looked for.
    pub fn leptos_options(&self) -> LeptosOptions {
        let root = self.root.as_ref().map_or_else(|| "no-site".to_owned(), |root| root.display().to_string());
        let hashes = self.hashes.as_ref().map_or_else(|| "hash.txt".to_owned(), |file| file.display().to_string());
        LeptosOptions::builder()
            .output_name(OUTPUT)
            .site_root(root)
            .site_pkg_dir("pkg")
            .env(Env::PROD)
            .hash_file(hashes.into())
            .hash_files(self.hashes.is_some())
            .build()
    }
}

/// True when the file gives a hash of the style sheet, and that style sheet is there.
fn names_files_of(file: &Path, root: Option<&Path>) -> bool {
    let (Ok(text), Some(root)) = (std::fs::read_to_string(file), root) else { return false };
    let hash = text.lines().find_map(|line| line.trim().strip_prefix("css:").map(str::trim));
    hash.is_some_and(|hash| root.join("pkg").join(format!("{OUTPUT}.{hash}.css")).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_site_of_a_build_is_found_from_any_folder() {
        let target = tempfile::tempdir().unwrap();
        let (release, pkg) = (target.path().join("release"), target.path().join("site/pkg"));
        fs::create_dir_all(&release).unwrap();
        fs::create_dir_all(&pkg).unwrap();
        let site = Site::find_beside(None, Some(&release)).unwrap();
        assert!(site.is_found() && !site.leptos_options().hash_files);

        fs::write(release.join("hash.txt"), "js: J\nwasm: W\ncss: C\n").unwrap();
        let stale = Site::find_beside(None, Some(&release)).unwrap();
        assert!(!stale.leptos_options().hash_files, "hashes of files that are not there are of another build");

        fs::write(pkg.join("creditdesk.C.css"), "").unwrap();
        let options = Site::find_beside(None, Some(&release)).unwrap().leptos_options();
        assert!(options.hash_files && Path::new(&*options.hash_file).is_absolute());
    }

    #[test]
    fn a_named_site_must_be_there() {
        assert!(Site::find_beside(Some(Path::new("/nowhere/at/all")), None).is_err());
    }
}
