//! Addresses of pages, written and read.
//!
//! A user's id is any text of the caller's, so it is percent-encoded whole in a path, and what is read back is decoded
//! exactly once. The router's own maps decode a parameter twice or more, which turns the id `50%25` into `50%`; pages
//! therefore read the raw address through this module.

use crate::{
    model::{PlanForm, Uuid},
    ui::encode,
};
use percent_encoding::percent_decode_str;

/// A user's page.
pub fn user(user_id: &str) -> String {
    format!("/users/{}", encode(user_id))
}

/// A transaction's page.
pub fn transaction(id: Uuid) -> String {
    format!("/transactions/{id}")
}

/// A team's page.
pub fn team(id: Uuid) -> String {
    format!("/teams/{id}")
}

/// A plan's page.
pub fn plan(key: &str) -> String {
    format!("/plans/{}", encode(key))
}

/// The form of a plan, as a draft keeps it.
pub fn plan_editor(form: &PlanForm, draft: Uuid) -> String {
    let page = if form.fresh { "/plans/new".to_owned() } else { format!("{}/edit", plan(&form.key)) };
    format!("{page}?draft={draft}")
}

/// The refund form of a charge.
pub fn refund(id: Uuid) -> String {
    format!("/transactions/{id}/refund")
}

/// `path` with the pairs that have a value as its query; a fragment of `path` stays last.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let (path, fragment) = path.split_once('#').map_or((path, None), |(path, fragment)| (path, Some(fragment)));
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    let joint = match (query.is_empty(), path.contains('?')) {
        (true, _) => "",
        (false, false) => "?",
        (false, true) => "&",
    };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{path}{joint}{query}{fragment}")
}

/// The pairs of a raw query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string, with or without its question mark.
    pub fn read(raw: &str) -> Self {
        let raw = raw.trim_start_matches('?');
        Self(form_urlencoded::parse(raw.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect())
    }

    /// The trimmed value of `name`, empty when it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The value of `name`, unless missing or empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|value| !value.is_empty()).map(str::to_owned)
    }
}

/// The decoded segment number `index` of a raw path, from 0.
pub fn path_segment(raw_path: &str, index: usize) -> String {
    let raw = raw_path.trim_start_matches('/').split('/').nth(index).unwrap_or_default();
    percent_decode_str(raw).decode_utf8_lossy().into_owned()
}

/// `next` when it is a page of this site, else the first page. Refuses what a browser would read as another host.
pub fn local(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    let visible = next.chars().all(|c| c.is_ascii_graphic());
    if inside && visible { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_survives_the_path() {
        for id in ["ana", "a/b c?#é<script>", "50%25", "%2F", "🦀 + &=", "\"'`", "a;b@c:d", "~-_."] {
            let path = user(id);
            assert!(path.is_ascii() && !path.contains([' ', '<', '?', '#', '"']), "{path}");
            assert_eq!(path_segment(&path, 1), id);
        }
    }

    #[test]
    fn queries_leave_out_what_is_empty_and_read_back_once() {
        assert_eq!(with_query("/users", [("q", ""), ("cursor", "")]), "/users");
        assert_eq!(with_query("/users", [("q", "a b&c"), ("cursor", "x")]), "/users?q=a+b%26c&cursor=x");
        assert_eq!(with_query("/users/a?x=1#add", [("done", "1")]), "/users/a?x=1&done=1#add");
        let query = Query::read("?q=50%2525&x=+a+&q=later");
        assert_eq!(query.get("q"), "50%25");
        assert_eq!(query.get("x"), "a");
        assert_eq!(query.filled("none"), None);
    }

    #[test]
    fn only_pages_of_this_site_are_followed() {
        assert_eq!(local("/users?q=a"), "/users?q=a");
        for next in ["", "users", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/\t/evil"] {
            assert_eq!(local(next), "/", "{next:?}");
        }
    }
}
