//! The dashboard as a browser without scripts meets it: cookies, redirects, policies, and writes from other sites.

use crate::harness::{Answer, App};
use app::model::Role;
use axum::{
    body::Body,
    http::{Method, Request},
};
use std::sync::Arc;

const PASSWORD: &str = "correct+horse+battery";

/// A request of a browser, with what it adds by itself.
async fn browse(app: &App, method: Method, path: &str, form: &str, extra: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "desk.example")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

pub async fn open(app: &App, path: &str, cookie: &str) -> Answer {
    browse(app, Method::GET, path, "", &[("cookie", cookie)]).await
}

/// What a program asks for with the same cookie: no page.
pub async fn fetch(app: &App, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header("host", "desk.example").header("cookie", cookie);
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn submit(app: &App, path: &str, form: &str, cookie: &str) -> Answer {
    browse(app, Method::POST, path, form, &[("cookie", cookie), ("sec-fetch-site", "same-origin")]).await
}

/// The session cookie that an answer sets, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let mut set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let session = set.rfind(|text| text.starts_with("creditdesk=")).expect("a session cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.contains(attribute), "{session}");
    }
    session.split(';').next().unwrap().to_owned()
}

/// The cookie of somebody with a role, made for the test.
pub async fn sign_in_as(app: &App, role: Role) -> String {
    let email = format!("{}@example.com", role.as_str());
    app.staff
        .create(&app::model::Actor::system("test"), "Someone", &email, role, &PASSWORD.replace('+', " "))
        .await
        .unwrap();
    let form = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
    cookie(&submit(app, "/ui/sign_in", &form, "").await)
}

fn location(answer: &Answer) -> &str {
    assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.text);
    answer.header("location").unwrap()
}

on_both! {
    async fn the_first_admin_comes_in_by_the_link(app) {
        let token = app.staff.make_welcome().await.unwrap().unwrap();
        let page = open(&app, &format!("/welcome/{token}"), "").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let form = format!("token={token}&name=Ana&email=ana%40example.com&password={PASSWORD}");
        let made = submit(&app, "/ui/create_first_admin", &form, "").await;
        assert_eq!(location(&made), "/setup", "an empty desk begins with its first steps");
        let session = cookie(&made);
        let home = open(&app, "/", &session).await;
        assert_eq!(home.status, 200, "{}", home.text);
        assert!(home.text.contains("Ana"));

        let out = submit(&app, "/ui/sign_out", "", &session).await;
        assert_eq!(location(&out), "/sign-in");
        assert!(location(&open(&app, "/", &session).await).starts_with("/sign-in"), "the session is gone");

        let wrong = submit(&app, "/ui/sign_in", "email=ana%40example.com&password=wrong", "").await;
        assert!(location(&wrong).starts_with("/sign-in"));
        assert!(!wrong.headers.contains_key("set-cookie"));
        let form = format!("email=ana%40example.com&password={PASSWORD}&next=%2Fusers");
        let right = submit(&app, "/ui/sign_in", &form, "").await;
        assert_eq!(location(&right), "/users");
        assert_ne!(cookie(&right), session);
    }

    async fn a_form_for_an_account_tells_all_that_is_wrong_with_it(app) {
        let token = app.staff.make_welcome().await.unwrap().unwrap();
        let sent = submit(&app, "/ui/create_first_admin", &format!("token={token}&name=&email=ana&password=short"), "").await;
        let page = open(&app, location(&sent), "").await;
        assert_eq!(page.status, 422, "{}", page.text);
        for (field, rule) in [
            ("name", "Is missing."),
            ("email", "Must be an e-mail address such as ana@example.com."),
            ("password", "Must have at least 12 characters."),
        ] {
            let told = page.text.split(&format!("id=\"f-{field}-error\"")).nth(1).and_then(|rest| rest.split('>').nth(1));
            assert_eq!(told.and_then(|rest| rest.split('<').next()), Some(rule), "{field}: {}", page.text);
        }
        assert!(page.text.contains("value=\"ana\"") && !page.text.contains("short"), "{}", page.text);
        let sent = submit(&app, "/ui/create_first_admin", &format!("token={token}&name=Ana&email=&password={PASSWORD}"), "").await;
        let page = open(&app, location(&sent), "").await;
        assert_eq!(page.text.matches("class=\"field-error\"").count(), 1, "{}", page.text);

        let by = app::model::Actor::system("test");
        let token = app.staff.invite(&by, "bob@example.com", Role::Support).await.unwrap();
        let sent = submit(&app, "/ui/join", &format!("token={token}&name=&password=short"), "").await;
        let page = open(&app, location(&sent), "").await;
        assert_eq!(page.text.matches("class=\"field-error\"").count(), 2, "{}", page.text);
    }

    async fn strangers_are_sent_to_the_sign_in_page_and_get_no_cookie(app) {
        for path in ["/", "/users", "/transactions", "/pricing"] {
            let answer = open(&app, path, "").await;
            assert!(location(&answer).starts_with("/sign-in"), "{path}");
            assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        }
        let forged = open(&app, "/", "creditdesk=AAAAAAAAAAAAAAAAAAAAAA").await;
        assert!(location(&forged).starts_with("/sign-in"));
    }

    async fn a_write_from_another_site_is_refused(app) {
        for extra in [
            [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            [("sec-fetch-site", "same-site"), ("origin", "https://blog.desk.example")],
            [("x-old", "browser"), ("origin", "https://evil.example")],
        ] {
            let answer = browse(&app, Method::POST, "/ui/sign_out", "", &extra).await;
            answer.refused(403, "forbidden", None);
        }
        for extra in [[("sec-fetch-site", "same-origin"), ("x", "y")], [("origin", "http://desk.example"), ("x", "y")]] {
            let answer = browse(&app, Method::POST, "/ui/sign_out", "", &extra).await;
            assert_ne!(answer.status, 403, "{}", answer.text);
        }
    }

    async fn a_page_lets_only_its_own_scripts_run(app) {
        let page = open(&app, "/sign-in", "").await;
        let policy = page.header("content-security-policy").unwrap();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        assert!(nonce.len() >= 22 && policy.contains("frame-ancestors 'none'"), "{policy}");
        for script in page.text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "<script{tag}>");
        }
        let again = open(&app, "/sign-in", "").await;
        assert_ne!(again.header("content-security-policy"), Some(policy), "a nonce is used once");
        assert_eq!(open(&app, "/no/such/page", "").await.status, 404);
    }

    async fn the_theme_is_remembered(app) {
        let answer = submit(&app, "/ui/theme", "theme=dark", "").await;
        let theme = answer.header("set-cookie").unwrap();
        assert!(theme.starts_with("theme=dark;") && theme.contains("Max-Age=31536000"), "{theme}");
        assert!(open(&app, "/sign-in", "theme=dark").await.text.contains("data-theme=\"dark\""));
    }

    async fn the_density_is_remembered(app) {
        let answer = submit(&app, "/ui/density", "density=compact", "").await;
        let density = answer.header("set-cookie").unwrap();
        assert!(density.starts_with("density=compact;") && density.contains("Max-Age=31536000"), "{density}");
        let compact = open(&app, "/sign-in", "theme=dark; density=compact").await;
        assert!(compact.text.contains("data-density=\"compact\""));
        let nonsense = submit(&app, "/ui/density", "density=%3Cb%3E", "").await;
        assert!(!nonsense.headers.contains_key("set-cookie"));
        assert!(open(&app, "/sign-in", "density=%3Cb%3E").await.text.contains("data-density=\"comfortable\""));
    }
}
