//! A browser without scripts and with a person: signs in, opens pages, posts forms.

use crate::harness::{Answer, App};
use app::model::Role;
use axum::{
    body::Body,
    http::{Method, Request},
};

const PASSWORD: &str = "correct+horse+battery";

/// Somebody who is signed in.
pub struct Person<'a> {
    app: &'a App,
    cookie: String,
}

impl<'a> Person<'a> {
    /// Makes a person of a role, and signs them in.
    pub async fn of(app: &'a App, name: &str, role: Role) -> Self {
        let email = format!("{}@example.com", name.to_lowercase());
        app.staff
            .create(&app::model::Actor::system("test"), name, &email, role, &PASSWORD.replace('+', " "))
            .await
            .unwrap();
        let form = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
        let person = Self::stranger(app);
        let answer = person.post("/ui/sign_in", &form).await;
        assert!(answer.status.is_redirection(), "{}", answer.text);
        let set = answer.header("set-cookie").unwrap();
        Self { app, cookie: set.split(';').next().unwrap().to_owned() }
    }

    /// Somebody who is not.
    pub const fn stranger(app: &'a App) -> Self {
        Self { app, cookie: String::new() }
    }

    /// As the browser sends it.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "desk.example")
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &self.cookie)
    }

    pub async fn open(&self, path: &str) -> Answer {
        self.app.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// The text of a page that must be there.
    pub async fn read(&self, path: &str) -> String {
        let answer = self.open(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    pub async fn post(&self, path: &str, form: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", form.len());
        self.app.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Posts the pairs as a form.
    pub async fn submit(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.post(path, &serde_urlencoded::to_string(pairs).unwrap()).await
    }

    /// Posts a form that is accepted, and gives the page that it leads to.
    pub async fn done(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let answer = self.submit(path, pairs).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text);
        let next = answer.header("location").unwrap().to_owned();
        assert!(!next.contains("__err"), "{path} was refused: {next}");
        next
    }

    /// Posts a form that is refused, and gives the page that shows it again.
    pub async fn refused(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let answer = self.submit(path, pairs).await;
        let next = answer.header("location").unwrap_or_else(|| panic!("{path}: {} {}", answer.status, answer.text));
        assert!(next.contains("__err"), "{path} was accepted: {next}");
        self.open(next).await
    }

    /// Sends one file as a browser does.
    pub async fn upload(&self, path: &str, name: &str, text: &str) -> Answer {
        let head = format!("name=\"{name}\"; filename=\"list.json\"\r\nContent-Type: application/json");
        self.multipart(path, &head, text).await
    }

    /// Sends one field of a form that could have a file.
    pub async fn paste(&self, path: &str, name: &str, text: &str) -> Answer {
        self.multipart(path, &format!("name=\"{name}\""), text).await
    }

    async fn multipart(&self, path: &str, head: &str, text: &str) -> Answer {
        let body = format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n--edge--\r\n");
        let request = self.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=edge");
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// The value of the first hidden field `name` of a page.
pub fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split(&start).nth(1).unwrap_or_else(|| panic!("no field {name}"));
    rest.split('"').next().unwrap().to_owned()
}
