//! Notes of colleagues about a user, and the form for one more.

use crate::{
    api::AddNoteForm,
    islands::forms::Forms,
    link::with_query,
    model::{StaffNote, UserDetail},
    pages::page::Refused,
    ui::{Button, ErrorBox, Field, Hidden, Pager, Section, TextArea, When},
};
use leptos::{prelude::*, server_fn::ServerFn};

pub fn view(detail: &UserDetail, key: &str, refused: &Refused) -> impl IntoView + use<> {
    let text = refused.field("text", "");
    let error = refused.beside(&["text"]);
    let (user_id, key) = (detail.user_id.clone(), refused.key(key.to_owned()));
    let csv = with_query("/export/notes.csv", [("user", detail.user_id.as_str())]);
    let shown = detail.notes.len();
    let notes: Vec<_> = detail.notes.iter().cloned().map(note).collect();
    view! {
        <div id="notes">
            <Section title="Notes" note="for colleagues; they stay as they are">
                {error.map(|error| view! { <ErrorBox error/> })}
                {notes}
                {(shown > 0).then(|| view! { <Pager shown noun="notes" csv/> })}
                <Forms/>
                <form method="post" action=AddNoteForm::url() class="form" data-once="">
                    <Hidden name="user_id" value=user_id/>
                    <Hidden name="key" value=key/>
                    <Field name="text" label="New note" nostrip:error=text.error>
                        <TextArea
                            name="text"
                            value=text.value
                            rows=2
                            maxlength=1000_u32
                            required=true
                            invalid=text.wrong
                        />
                    </Field>
                    <Button label="Add the note"/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}

fn note(note: StaffNote) -> impl IntoView {
    let author = note.author.strip_prefix("staff:").unwrap_or(&note.author).to_owned();
    view! {
        <article class="note">
            <p dir="auto">{note.text}</p>
            <div class="quiet">{author} " · " <When at=note.created_at/></div>
        </article>
    }
    .into_any()
}
