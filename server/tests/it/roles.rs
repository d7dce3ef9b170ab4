//! Who may do what: every server function and every page, tried by every role and by a stranger.
//!
//! The two tables must name all there are: a function or a page that is added without a line here fails the test.

use crate::harness::{Answer, App};
use app::{
    app::App as Pages,
    model::{Actor, Role, Uuid},
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use leptos_axum::generate_route_list;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const PASSWORD: &str = "correct+horse+battery";

/// Who may: a letter for each role, in the order admin, finance, support; `*` is also whoever is not signed in.
type Who = &'static str;

/// Endpoint, arguments that can be read, who may.
const FUNCTIONS: &[(&str, &str, Who)] = &[
    ("account", "", "afs"),
    ("begin_two_step", "", "afs"),
    ("add_passkey", "name=key&credential=%7B%7D", "afs"),
    ("ask_passkey", "alone=1", "*"),
    ("begin_passkey", "", "afs"),
    ("enter_passkey", "credential=%7B%7D", "*"),
    ("remove_passkey", "id={new}", "afs"),
    ("steps_asked", "", "*"),
    ("confirm_two_step", "code=123456", "afs"),
    ("end_two_step", "code=123456", "afs"),
    ("enter_code", "code=123456", "*"),
    ("reset_two_step", "person={new}", "a"),
    ("ask_two_steps", "asked=yes", "a"),
    ("add_credits", "user_id=ana&amount=1&credit_kind=grant&key={new}", "as"),
    ("adjust", "user_id=ana&take=1&reason=r&key={new}", "a"),
    ("activate_pricing", "version=1&confirm=1", "a"),
    ("add_key", "name={new}&scopes[]=read", "a"),
    ("approval", "id={new}", "afs"),
    ("approvals", "", "afs"),
    ("audit", "filter[who]=", "af"),
    ("audit_entry", "seq=1", "af"),
    (
        "try_cap",
        "form[who]=&form[user]=&form[plan]=&form[window]=&form[model]=&form[limit]=&form[effect]=&form[days]=",
        "afs",
    ),
    ("caps", "filter[list][q]=", "afs"),
    ("create_first_admin", "token=none&name=n&email=a%40b.c&password=123456789012", "*"),
    ("create_team", "name={new}&key={new}", "a"),
    ("create_webhook", "url=https%3A%2F%2Fexample.com", "a"),
    ("decide", "id={new}&answer=approve", "afs"),
    ("delete_cap", "user_id=ana&window=daily&why=r", "as"),
    ("disable_person", "person={new}&disabled=yes", "a"),
    ("density", "density=compact", "*"),
    ("expiry", "days=&tz=", "af"),
    ("first_prices", "config=%7B%7D", "a"),
    ("first_steps", "", "a"),
    ("health", "", "a"),
    ("interrupted", "", "*"),
    ("invitation", "token=none", "*"),
    ("invite", "email=x%40y.example&role=support", "a"),
    ("join", "token=none&name=n&password=123456789012", "*"),
    ("keys", "", "a"),
    ("overview", "prove=false", "af"),
    ("people", "", "a"),
    ("pricing", "", "af"),
    ("put_member", "team_id={new}&user_id=ana&role=owner", "as"),
    ("refund", "transaction_id={new}&reason=goodwill&key={new}", "as"),
    ("remove_member", "team_id={new}&user_id=ana", "as"),
    ("revoke_invite", "id={new}", "a"),
    ("revoke_key", "name=none", "a"),
    ("set_cap", "user_id=ana&window=daily&limit=1&effect=deny&unknown=yes&reason=r", "as"),
    ("set_currency", "currency=USD&rate=100", "a"),
    ("set_limits", "limits[hours]=72", "a"),
    ("set_plan", "user_id=ana&plan=", "a"),
    ("set_role", "person={new}&role=support", "a"),
    ("set_up", "", "a"),
    ("set_zone", "zone=UTC", "a"),
    ("settings", "", "a"),
    ("sign_in", "email=a%40b.c&password=x", "*"),
    ("sign_out", "", "*"),
    ("sweep", "", "a"),
    (
        "spend",
        "words[by]=&words[split]=&words[step]=&words[top]=&words[view]=&words[compare]=&words[rows]=&prove=false",
        "af",
    ),
    ("statement", "words[month]=&words[user]=&words[team]=&words[tz]=&prove=false", "af"),
    ("team", "id={new}", "afs"),
    ("teams", "filter[q]=", "afs"),
    ("theme", "theme=dark", "*"),
    ("top_up_team", "team_id={new}&amount=1&credit_kind=grant&key={new}", "a"),
    ("transaction", "id={new}", "afs"),
    (
        "transactions",
        "filter[user]=&filter[team]=&filter[kind]=&filter[model]=&filter[from]=&filter[to]=&filter[tz]=&filter[start]=&filter[end]=&filter[min]=&filter[order]=&filter[size]=&filter[cursor]=&totals=false",
        "afs",
    ),
    ("user", "user_id=ana&kind=", "afs"),
    ("users", "filter[q]=", "afs"),
    ("webhook", "id={new}", "a"),
    ("webhook_action", "id={new}&action=test", "a"),
    ("webhooks", "", "a"),
    ("ways_in", "", "*"),
    ("welcome", "token=none", "*"),
    ("add_note", "user_id=ana&text=hello&key={new}", "afs"),
    ("backtest", "id={new}", "af"),
    ("backtests", "", "af"),
    ("choose_models", "id={new}", "a"),
    ("discard_draft", "id={new}&revision=1", "a"),
    ("draft", "id={new}", "af"),
    ("import_page", "", "a"),
    ("new_draft", "from=", "a"),
    ("plan_editor", "key=pro&draft=", "a"),
    ("plan_page", "key=pro", "af"),
    ("plans", "", "af"),
    ("price_list", "id={new}&choice[pattern]=", "a"),
    ("pricing_diff", "from=1&to=1", "af"),
    ("pricing_version", "version=1", "af"),
    ("publish_draft", "id={new}&revision=1", "a"),
    ("rebase_draft", "id={new}&revision=1", "a"),
    ("save_draft", "content=x", "a"),
    ("save_plan", "plan[revision]=0", "a"),
    ("start_backtest", "subject=version:1&days=7", "af"),
];

/// The functions of one's own account, by which a second step is set up.
const OWN_ACCOUNT: [&str; 7] =
    ["account", "add_passkey", "begin_passkey", "begin_two_step", "confirm_two_step", "end_two_step", "remove_passkey"];

/// Route, who may.
const PAGES: &[(&str, Who)] = &[
    ("/", "af"),
    ("/approvals", "afs"),
    ("/approvals/:id", "afs"),
    ("/audit", "af"),
    ("/audit/:seq", "af"),
    ("/caps", "afs"),
    ("/caps/try", "afs"),
    ("/docs/errors", "*"),
    ("/expiry", "af"),
    ("/help/shortcuts", "*"),
    ("/account", "afs"),
    ("/send-again", "*"),
    ("/sign-in/code", "*"),
    ("/join/:token", "*"),
    ("/pricing", "af"),
    ("/plans", "af"),
    ("/plans/:key", "af"),
    ("/plans/:key/edit", "a"),
    ("/plans/new", "a"),
    ("/pricing/backtest", "af"),
    ("/pricing/backtests/:id", "af"),
    ("/pricing/diff", "af"),
    ("/pricing/drafts/:id", "af"),
    ("/pricing/drafts/:id/review", "af"),
    ("/pricing/import", "a"),
    ("/pricing/import/:id", "a"),
    ("/pricing/new", "a"),
    ("/pricing/versions/:version", "af"),
    ("/styleguide", "*"),
    ("/settings", "a"),
    ("/settings/health", "a"),
    ("/settings/keys", "a"),
    ("/settings/people", "a"),
    ("/settings/webhooks", "a"),
    ("/settings/webhooks/:id", "a"),
    ("/setup", "a"),
    ("/sign-in", "*"),
    ("/spend", "af"),
    ("/statement", "af"),
    ("/teams", "afs"),
    ("/teams/:id", "afs"),
    ("/transactions", "afs"),
    ("/transactions/:id", "afs"),
    ("/transactions/:id/refund", "afs"),
    ("/users", "afs"),
    ("/users/:id", "afs"),
    ("/welcome/:token", "*"),
];

const ROLES: [(Role, char); 3] = [(Role::Admin, 'a'), (Role::Finance, 'f'), (Role::Support, 's')];

async fn send(app: &App, method: Method, path: &str, accept: &str, body: String, cookie: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "desk.example")
        .header("accept", accept)
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(body)).unwrap()).await
}

/// The cookie of somebody with that role.
async fn sign_in(app: &App, role: Role) -> String {
    let email = format!("{}@example.com", role.as_str());
    let by = Actor::system("test");
    let known = app.staff.create(&by, "Somebody", &email, role, "correct horse battery").await;
    assert!(known.is_ok() || known.is_err_and(|error| error.message.contains("already")));
    let form = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
    let answer = send(app, Method::POST, "/ui/sign_in", "text/html", form, "").await;
    let mut cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let session = cookies.rfind(|text| text.starts_with("creditdesk=")).expect("a session");
    session.split(';').next().unwrap().to_owned()
}

fn filled(app: &App, arguments: &str) -> String {
    let new = app.ids.next(app.clock.now());
    arguments.replace("{new}", &new.to_string())
}

on_both! {
    async fn every_function_is_for_its_roles_only(app) {
        let known: BTreeMap<String, (&str, Who)> =
            FUNCTIONS.iter().map(|(name, arguments, who)| (format!("/ui/{name}"), (*arguments, *who))).collect();
        let there: BTreeSet<String> =
            leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        let listed: BTreeSet<String> = known.keys().cloned().collect();
        assert_eq!(there, listed, "each server function needs a line in FUNCTIONS: who may call it");
        for (role, letter) in ROLES {
            let mut cookie = sign_in(&app, role).await;
            for (path, (arguments, who)) in &known {
                let body = filled(&app, arguments);
                let answer = send(&app, Method::POST, path, "application/json", body, &cookie).await;
                let text = format!("{path} as {}: {} {}", role.as_str(), answer.status, answer.text);
                let by_role = answer.json["details"]["roles"].is_array();
                if *who == "*" || who.contains(letter) {
                    assert!(!by_role && answer.status != 401 || ["/ui/sign_in", "/ui/enter_code", "/ui/enter_passkey"].contains(&path.as_str()), "{text}");
                    assert!(answer.status.as_u16() < 500, "{text}");
                } else {
                    assert_eq!(answer.status, 403, "{text}");
                    assert!(by_role, "the refusal says which role is needed: {text}");
                }
                if path == "/ui/sign_out" {
                    cookie = sign_in(&app, role).await;
                }
            }
        }
        for (path, (arguments, who)) in &known {
            let answer = send(&app, Method::POST, path, "application/json", filled(&app, arguments), "").await;
            let text = format!("{path} as a stranger: {} {}", answer.status, answer.text);
            assert!(answer.status == 401 || *who == "*", "{text}");
        }
    }

    async fn whoever_must_set_up_a_second_step_reaches_nothing_else(app) {
        app.publish_prices().await.ok();
        crate::two_steps::put(&app, true).await;
        let cookie = sign_in(&app, Role::Admin).await;
        for (name, arguments, _) in FUNCTIONS.iter().filter(|(.., who)| *who != "*") {
            let (path, body) = (format!("/ui/{name}"), filled(&app, arguments));
            let answer = send(&app, Method::POST, &path, "application/json", body, &cookie).await;
            let held = (answer.status.as_u16(), &answer.json["code"]) == (403, &json!("second_step_required"));
            assert_eq!(held, !OWN_ACCOUNT.contains(name), "{path}: {} {}", answer.status, answer.text);
        }
        for (path, _) in PAGES.iter().filter(|(_, who)| *who != "*") {
            let answer = send(&app, Method::GET, path, "text/html", String::new(), &cookie).await;
            let held = answer.status.is_redirection() && answer.header("location") == Some("/account");
            assert_eq!(held, *path != "/account", "{path}: {} {}", answer.status, answer.text);
        }
    }

    async fn arguments_that_cannot_be_read_are_the_callers_fault(app) {
        let cookie = sign_in(&app, Role::Admin).await;
        for (name, arguments, _) in FUNCTIONS.iter().filter(|(name, ..)| *name != "sign_out") {
            for body in ["", "id=%FF&id[=1&form=x&filter=x&plan=x&choice=x", "{\"id\":"] {
                let path = format!("/ui/{name}");
                let answer = send(&app, Method::POST, &path, "application/json", body.to_owned(), &cookie).await;
                let text = format!("{path} with {body:?} for {arguments:?}: {} {}", answer.status, answer.text);
                assert!(answer.status.as_u16() < 500, "{text}");
                if answer.json["message"].as_str().is_some_and(|message| message.starts_with("missing field")) {
                    assert_eq!((answer.status.as_u16(), &answer.json["code"]), (422, &json!("invalid_request")), "{text}");
                }
            }
        }
    }

    async fn every_page_is_for_its_roles_only(app) {
        let there: BTreeSet<String> = generate_route_list(Pages).iter().map(|route| route.path().to_owned()).collect();
        let there: BTreeSet<String> = there.into_iter().map(|path| path.replace('{', ":").replace('}', "")).collect();
        let listed: BTreeSet<String> = PAGES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(there, listed, "each page needs a line in PAGES: who may open it");
        app.publish_prices().await.ok();
        for (role, letter) in ROLES {
            let cookie = sign_in(&app, role).await;
            for (path, who) in PAGES {
                let id = Uuid::nil().to_string();
                let address = path.split('/').map(|part| if part.starts_with(':') { &id } else { part });
                // Whoever may not see the overview begins elsewhere; asked for by a link, it says which role it needs.
                let address = if *path == "/" { "/?range=7d".to_owned() } else { address.collect::<Vec<_>>().join("/") };
                let answer = send(&app, Method::GET, &address, "text/html", String::new(), &cookie).await;
                let text = format!("{path} as {}: {}", role.as_str(), answer.status);
                if *who == "*" || who.contains(letter) {
                    // Nothing has that id.
                    let missing = path.contains(':') && answer.status == 404;
                    assert!(answer.status == 200 || missing, "{text}");
                } else {
                    assert_eq!(answer.status, 403, "{text}");
                    assert!(answer.text.contains("This needs the role"), "{text}");
                }
            }
        }
        for (path, who) in PAGES.iter().filter(|(_, who)| *who != "*") {
            let answer = send(&app, Method::GET, path, "text/html", String::new(), "").await;
            let place = answer.header("location").unwrap_or_default();
            assert!(place.starts_with("/sign-in"), "{path} for {who}: {} {place}", answer.status);
        }
    }
}
