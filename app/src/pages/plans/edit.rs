//! The form of a plan. Whatever is typed is kept as a draft; without faults it leads to the review, which says whom it
//! touches before anything is published.

use crate::{
    api::{self, PlanEditorData, SavePlanForm, with_room},
    format,
    islands::{forms::Forms, pricing::FormulaFields},
    link::{self, Query},
    model::{ConfigError, FeatureField, PlanForm, RateField},
    pages::page::{self, Refused},
    pages::pricing_versions::copied_notice,
    pricing::FEATURE_KINDS,
    ui::{Alert, Button, ButtonKind, ErrorBox, Field, Hidden, LinkButton, PageHead, Section, TextInput, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn NewPlanPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<SavePlanForm>();
    let draft = query.get("draft").to_owned();
    page::opened("New plan", ("/plans", "Plans"), api::load_plan_editor(String::new(), draft), move |data| {
        whole(data, &query, &refused)
    })
}

#[component]
pub fn EditPlanPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<SavePlanForm>();
    let draft = query.get("draft").to_owned();
    page::opened("Plan", ("/plans", "Plans"), api::load_plan_editor(page::segment(1), draft), move |data| {
        whole(data, &query, &refused)
    })
}

/// The messages at one path of the configuration.
fn at(faults: &[ConfigError], path: &str) -> Option<String> {
    let found: Vec<_> = faults.iter().filter(|fault| fault.path == path).map(|fault| fault.message.clone()).collect();
    if found.is_empty() { None } else { Some(found.join("; ")) }
}

fn whole(data: PlanEditorData, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let PlanEditorData { base, draft, form, faults, members, models } = data;
    let title = if form.fresh { "New plan".to_owned() } else { format!("Edit {}", form.name) };
    let lead =
        format!("Saving makes a draft of version {base}; whom it touches is shown before anything is published.");
    let error = refused.beside(&["key"]);
    let rows = query.get("rows") == "1";
    let shown = if rows { Vec::new() } else { faults };
    let count = i64::try_from(shown.len()).unwrap_or(i64::MAX);
    let faulty = (count > 0).then(|| {
        let title = format!("{} to mend; what was typed is kept", format::counted(count, "fault", "faults"));
        view! { <div id="faults"><Alert tone=Tone::Bad title/></div> }
    });
    let (id, revision) =
        draft.as_ref().map_or_else(Default::default, |draft| (draft.id.to_string(), draft.revision.to_string()));
    // A draft that takes the plan out is not to lose that by the way.
    let removed = draft.filter(|_| form.removed).map(|draft| format!("/pricing/drafts/{}/review", draft.id));
    let cancel = match &removed {
        Some(review) => review.clone(),
        None if form.fresh => "/plans".to_owned(),
        None => link::plan(&form.key),
    };
    let save = if removed.is_some() { "Put the plan back and review" } else { "Save and review" };
    let fresh = form.fresh || form.key.is_empty();
    let fields = plan_fields(&form, &shown, refused);
    let lists = lists(&form, &shown, rows);
    let remove = (!fresh && removed.is_none()).then(|| remove(members));
    view! {
        <Forms/>
        <PageHead title lead trail=vec![("/plans".to_owned(), "Plans".to_owned())]/>
        {copied_notice(query)}
        {removed.clone().map(taken_out)}
        {error.map(|error| view! { <ErrorBox error/> })}
        {faulty}
        <form method="post" action=SavePlanForm::url() class="plan-form" data-once="" data-formulas="">
            <Hidden name="plan[draft]" value=id/>
            <Hidden name="plan[revision]" value=if revision.is_empty() { "0".to_owned() } else { revision }/>
            <Hidden name="plan[base]" value=base.to_string()/>
            <Hidden name="plan[form][fresh]" value=form.fresh.to_string()/>
            <Hidden name="plan[form][removed]" value=form.removed.to_string()/>
            {fields}
            {lists}
            <datalist id="models">{models.into_iter().map(|model| view! { <option value=model></option> }).collect_view()}</datalist>
            <div class="form-go">
                <Button kind=ButtonKind::Primary label=save name="plan[go]" value="review"/>
                <LinkButton kind=ButtonKind::Ghost href=cancel label="Cancel"/>
                {remove}
            </div>
        </form>
        <FormulaFields/>
    }
    .into_any()
}

/// The draft has no such plan any more: what the form below would do.
fn taken_out(review: String) -> impl IntoView {
    view! {
        <Alert tone=Tone::Warn title="This draft takes the plan out">
            <p>"Saved below, the plan is put back as the form has it. To leave it out, change nothing here."</p>
            <LinkButton href=review label="Back to the review"/>
        </Alert>
    }
}

fn remove(members: i64) -> impl IntoView {
    let title = match members {
        0 => "Take the plan out; nobody has it".to_owned(),
        some => format!("Take the plan out; {} it", format::counted(some, "user has", "users have")),
    };
    view! { <Button kind=ButtonKind::Danger label="Remove the plan…" name="plan[go]" value="remove" title/> }
}

fn plan_fields(form: &PlanForm, faults: &[ConfigError], refused: &Refused) -> impl IntoView + use<> {
    let path = |key: &str| format!("plans.{}{key}", form.key);
    let key = refused.field("key", &form.key);
    let key_error = key.error.or_else(|| at(faults, &path("")));
    let key_wrong = key_error.is_some();
    let name = refused.typed("name", &form.name);
    let allowance = refused.typed("free_allowance", &form.free_allowance);
    let [name_error, id_error, allowance_error] =
        [".name", ".id", ".free_allowance"].map(|field| at(faults, &path(field)));
    let (name_wrong, id_wrong, allowance_wrong) = (name_error.is_some(), id_error.is_some(), allowance_error.is_some());
    let key_field = if form.fresh {
        view! {
            <Field name="plan[form][key]" label="Key" hint="What the product calls it, such as pro; it cannot change." nostrip:error=key_error>
                <TextInput name="plan[form][key]" value=key.value maxlength=255_u32 required=true invalid=key_wrong/>
            </Field>
        }
        .into_any()
    } else {
        view! { <Hidden name="plan[form][key]" value=form.key.clone()/> }.into_any()
    };
    let id = form.id.clone();
    view! {
        <div class="plan-fields">
            {key_field}
            <Field name="plan[form][name]" label="Name" nostrip:error=name_error>
                <TextInput name="plan[form][name]" value=name maxlength=255_u32 required=true invalid=name_wrong/>
            </Field>
            <Field name="plan[form][id]" label="Id" hint="Empty: the key." nostrip:error=id_error>
                <TextInput name="plan[form][id]" value=id maxlength=255_u32 invalid=id_wrong/>
            </Field>
            <Field
                name="plan[form][free_allowance]"
                label="Allowance a month, in credits"
                hint="Used before credits; empty: none."
                nostrip:error=allowance_error
            >
                <TextInput
                    name="plan[form][free_allowance]"
                    value=allowance
                    inputmode="decimal"
                    autocomplete="off"
                    invalid=allowance_wrong
                />
            </Field>
        </div>
    }
    .into_any()
}

fn lists(form: &PlanForm, faults: &[ConfigError], rows: bool) -> impl IntoView + use<> {
    let (features, rates) = with_room(form, rows);
    let features_path = format!("plans.{}.features", form.key);
    let rates_path = format!("plans.{}.rate_overrides", form.key);
    let feature_rows: Vec<_> = features
        .into_iter()
        .enumerate()
        .map(|(index, row)| {
            let fault =
                at(faults, &format!("{features_path}.{}", row.name.trim())).filter(|_| !blank(&row.name, &row.value));
            feature(index, row, fault)
        })
        .collect();
    let rate_rows: Vec<_> = rates
        .into_iter()
        .enumerate()
        .map(|(index, row)| {
            let fault =
                at(faults, &format!("{rates_path}.{}", row.model.trim())).filter(|_| !blank(&row.model, &row.formula));
            rate(index, row, fault)
        })
        .collect();
    view! {
        <div id="features">
            <Section title="Features" note="what the product asks for: a name and any value; an emptied row is taken out">
                <ul class="rows">{feature_rows}</ul>
                {more()}
            </Section>
        </div>
        <Section title="Own rates" note="used before the version's own; _default stands for every other model">
            <ul class="rows">{rate_rows}</ul>
            {more()}
        </Section>
    }
    .into_any()
}

/// Empty rows are added to both lists: the form is read as a whole.
fn more() -> impl IntoView {
    view! { <div><Button kind=ButtonKind::Ghost label="More rows" name="plan[go]" value="rows"/></div> }
}

fn blank(name: &str, value: &str) -> bool {
    name.trim().is_empty() && value.trim().is_empty()
}

fn fault_line(fault: Option<String>) -> Option<impl IntoView> {
    fault.map(|fault| view! { <div class="field-error" role="alert">{fault}</div> })
}

fn feature(index: usize, row: FeatureField, fault: Option<String>) -> impl IntoView {
    let name = |part: &str| format!("plan[form][features][{index}][{part}]");
    let wrong = fault.is_some().then_some("true");
    view! {
        <li class="row-feature">
            <input class="input" name=name("name") value=row.name aria-label="Feature" placeholder="feature" maxlength="255"/>
            <select class="input" name=name("kind") aria-label="Type of the value">
                {FEATURE_KINDS
                    .into_iter()
                    .map(|(kind, label)| view! { <option value=kind selected=kind == row.kind>{label}</option> })
                    .collect_view()}
            </select>
            <input class="input" name=name("value") value=row.value aria-label="Value" placeholder="value" aria-invalid=wrong autocomplete="off"/>
            {fault_line(fault)}
        </li>
    }
    .into_any()
}

fn rate(index: usize, row: RateField, fault: Option<String>) -> impl IntoView {
    let name = |part: &str| format!("plan[form][rates][{index}][{part}]");
    let wrong = fault.is_some().then_some("true");
    view! {
        <li class="row-rate">
            <input class="input" name=name("model") value=row.model aria-label="Model" placeholder="model" list="models" maxlength="255"/>
            <input
                class="input mono"
                name=name("formula")
                value=row.formula
                aria-label="Credits for one call"
                placeholder="input_tokens * 0.0002"
                aria-invalid=wrong
                autocomplete="off"
                spellcheck="false"
                data-formula=""
            />
            <div class="formula-says field-error" aria-live="polite"></div>
            {fault_line(fault)}
        </li>
    }
    .into_any()
}
