//! One island for the forms that a passkey is made or shown for: the browser's part, which needs a script.
//!
//! The form says what it wants: `data-passkey` is `create` or `get`, and `data-ask` where the server tells what is asked of
//! the browser. What the browser answers goes into the field `credential`, and the form is sent as any other. No JSON is read
//! here: the browser turns its own objects into text and back.

use leptos::{ev, prelude::*, task::spawn_local, web_sys};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{
    JsFuture,
    js_sys::{Function, JSON, Promise, Reflect},
};
use web_sys::{HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response};

/// Takes the forms with `data-passkey` over when they are sent.
#[island]
pub fn Passkeys() -> impl IntoView {
    Effect::new(move |_| {
        window_event_listener(ev::submit, move |event| {
            let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
            let Some(form) = form.filter(|form| form.has_attribute("data-passkey")) else { return };
            event.prevent_default();
            if form.get_attribute("aria-busy").is_some() {
                return;
            }
            let _ = form.set_attribute("aria-busy", "true");
            say(&form, "");
            spawn_local(async move {
                match shown(&form).await {
                    Ok(credential) => {
                        fill(&form, &credential);
                        let _ = form.submit();
                    }
                    Err(error) => say(&form, &words(&form, &error)),
                }
                let _ = form.remove_attribute("aria-busy");
            });
        });
    });
}

/// What the browser answers, as JSON.
async fn shown(form: &HtmlFormElement) -> Result<String, JsValue> {
    let make = form.get_attribute("data-passkey").as_deref() == Some("create");
    let kind = get(&window(), "PublicKeyCredential")?;
    let navigator = get(&window(), "navigator")?;
    if kind.is_undefined() {
        return Err("This browser has no passkeys here: they need https, and a browser of these years.".into());
    }
    let options = get(&asked(form).await?, "publicKey")?;
    let parse = if make { "parseCreationOptionsFromJSON" } else { "parseRequestOptionsFromJSON" };
    let options = call(&kind, parse, &options)?;
    let request: JsValue = web_sys::js_sys::Object::new().into();
    Reflect::set(&request, &"publicKey".into(), &options)?;
    let credentials = get(&navigator, "credentials")?;
    let promise: Promise = call(&credentials, if make { "create" } else { "get" }, &request)?.dyn_into()?;
    let credential = JsFuture::from(promise).await?;
    let plain = call(&credential, "toJSON", &JsValue::UNDEFINED)?;
    Ok(JSON::stringify(&plain)?.into())
}

/// What the server wants of the browser, or its refusal as an error.
async fn asked(form: &HtmlFormElement) -> Result<JsValue, JsValue> {
    let url = form.get_attribute("data-ask").unwrap_or_default();
    let alone = input(form, "alone").map(|input| input.value()).unwrap_or_default();
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&format!("alone={alone}").into());
    let headers: JsValue = web_sys::js_sys::Object::new().into();
    Reflect::set(&headers, &"Content-Type".into(), &"application/x-www-form-urlencoded".into())?;
    Reflect::set(&headers, &"Accept".into(), &"application/json".into())?;
    request.set_headers(&headers);
    let answer: Response = JsFuture::from(window().fetch_with_str_and_init(&url, &request)).await?.dyn_into()?;
    let text = JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default();
    let value = JSON::parse(&text)?;
    if !answer.ok() {
        return Err(get(&value, "message")?);
    }
    JSON::parse(&value.as_string().unwrap_or_default())
}

fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

fn call(of: &JsValue, name: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    let function: Function = get(of, name)?
        .dyn_into()
        .map_err(|_| JsValue::from("This browser is too old for passkeys here: a newer one has them."))?;
    function.call1(of, with)
}

fn input(form: &HtmlFormElement, name: &str) -> Option<HtmlInputElement> {
    form.query_selector(&format!("input[name={name}]")).ok().flatten()?.dyn_into().ok()
}

fn fill(form: &HtmlFormElement, credential: &str) {
    if let Some(input) = input(form, "credential") {
        input.set_value(credential);
    }
}

/// An error as a person needs it: ours is a sentence, the browser's has a name.
fn words(form: &HtmlFormElement, error: &JsValue) -> String {
    if let Some(text) = error.as_string() {
        return text;
    }
    let name = get(error, "name").ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "AbortError" => {
            "No passkey was given. Try again, and unlock it when you are asked.".to_owned()
        }
        "InvalidStateError" => "This device or key has a passkey for you already.".to_owned(),
        "SecurityError" => {
            let host = form.get_attribute("data-host").unwrap_or_default();
            let at = if host.is_empty() { String::new() } else { format!(", {host}") };
            format!("Passkeys belong to the address of the desk{at}: open it there.")
        }
        _ => format!("The browser could not do this ({name})."),
    }
}

fn say(form: &HtmlFormElement, text: &str) {
    let found = form.query_selector("[data-passkey-said]").ok().flatten();
    if let Some(place) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        place.set_text_content(Some(text));
    }
}
