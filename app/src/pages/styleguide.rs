//! Each component of `ui` in its states, for whoever changes one. Only debug builds have this page.

use crate::{
    error::{AppError, Code},
    format::Delta,
    model::{Credits, EntryKind},
    ui::{
        Alert, Badge, BareFrame, Button, ButtonKind, Choice, Column, CopyId, DataTable, Empty, ErrorBox, Fact, Facts,
        Field, Glyph, Icon, KindBadge, LinkButton, Meter, Money, MoneyShort, PageHead, Pager, SearchInput, Section,
        Select, Shortcuts, TextArea, TextInput, Tile, Tone,
    },
};
use leptos::prelude::*;

const TONES: [(Tone, &str); 5] =
    [(Tone::Plain, "plain"), (Tone::Accent, "accent"), (Tone::Good, "good"), (Tone::Warn, "warn"), (Tone::Bad, "bad")];

#[component]
pub fn Styleguide() -> impl IntoView {
    view! {
        <BareFrame wide=true>
            <PageHead
                title="Style guide"
                lead="Every component in its states. Look at it in both themes, at 320 px, and with the keyboard."
            >
                <LinkButton href="/" label="To the desk"/>
            </PageHead>
            {buttons()}
            {words()}
            {figures()}
            {fields()}
            {tables()}
            {icons()}
            <Section title="Shortcuts"><Shortcuts/></Section>
        </BareFrame>
    }
    .into_any()
}

fn buttons() -> impl IntoView {
    view! {
        <Section title="Buttons" note="one primary a page">
            <div class="row">
                <Button kind=ButtonKind::Primary label="Primary"/>
                <Button label="Plain" glyph=Glyph::Plus/>
                <Button kind=ButtonKind::Danger label="Danger"/>
                <Button kind=ButtonKind::Ghost label="Ghost"/>
                <Button label="Disabled" disabled=true/>
                <LinkButton href="#top" label="A link" glyph=Glyph::Right/>
            </div>
        </Section>
    }
    .into_any()
}

fn words() -> impl IntoView {
    let refused = AppError::invalid_amount("amount", "must be more than 0").with("available", "12.5");
    view! {
        <Section title="Badges and alerts" note="a word with a tone, never a tone alone">
            <div class="stack">
                <div class="row">
                    {TONES.map(|(tone, name)| view! { <Badge tone text=name/> }).collect_view()}
                </div>
                <div class="row">
                    {EntryKind::ALL.map(|kind| view! { <KindBadge kind/> }).collect_view()}
                </div>
                {TONES
                    .map(|(tone, name)| view! { <Alert tone title=format!("An alert, {name}")><p>"With what to do now."</p></Alert> })
                    .collect_view()}
                <ErrorBox error=refused/>
                <ErrorBox error=AppError::new(Code::Unavailable, "The ledger is busy.")/>
            </div>
        </Section>
        <Section title="Nothing here">
            <Empty title="Nothing yet"><p>"One sentence, and what to do next."</p></Empty>
            <Empty title="Nothing matches" glyph=Glyph::Search><p>"Which filter to let go of."</p></Empty>
        </Section>
    }
    .into_any()
}

fn figures() -> impl IntoView {
    let amount = Credits::from_micros;
    let delta = move |now, before| Delta::credits(amount(now), amount(before));
    view! {
        <Section title="Figures">
            <div class="tiles">
                <Tile label="Up" value="72,690.59" unit=" credits" delta=delta(15_000_000, 10_000_000) note="against before"/>
                <Tile label="Down" value="5" delta=delta(5_000_000, 10_000_000) href="#top"/>
                <Tile label="No base" value="−123,456,789.01" delta=delta(5, 0)/>
                <Tile label="A name" value="claude-sonnet-4-6" name=true note="26.8%" also="before: gpt"/>
            </div>
            <Facts>
                <Fact label="Full precision"><Money amount=amount(-1_234_567_891)/></Fact>
                <Fact label="Signed"><Money amount=amount(12_000_000) signed=true unit=true/></Fact>
                <Fact label="Nothing"><Money amount=Credits::ZERO/></Fact>
                <Fact label="Short, exact on hover"><MoneyShort amount=amount(1_234_567) unit=true/></Fact>
                <Fact label="An id"><CopyId id="0199f2c1-aaaa-7bbb-8ccc-123456788a4e" short="0199f2c1…8a4e"/></Fact>
            </Facts>
            <div class="stack">
                {[(0, Tone::Plain), (40, Tone::Accent), (85, Tone::Warn), (120, Tone::Bad)]
                    .map(|(value, tone)| view! { <Meter value=amount(value) max=amount(100) tone label="Used"/> })
                    .collect_view()}
            </div>
        </Section>
    }
    .into_any()
}

fn fields() -> impl IntoView {
    let choices = || vec![Choice::new("a", "One"), Choice::new("b", "Another")];
    view! {
        <Section title="Fields">
            <form class="form" method="get" action="/styleguide">
                <SearchInput name="search" label="Search" placeholder="Anything that can be pasted"/>
                <Field name="plain" label="A field" hint="With a hint.">
                    <TextInput name="plain" placeholder="Any"/>
                </Field>
                <Field name="wrong" label="A wrong one" error="Must be more than 0.">
                    <TextInput name="wrong" value="−1" inputmode="decimal" invalid=true/>
                </Field>
                <Field name="day" label="A day"><TextInput name="day" kind="date" value="2026-11-25"/></Field>
                <Field name="choice" label="A choice"><Select name="choice" options=choices() selected="b"/></Field>
                <Field name="text" label="More text"><TextArea name="text" value="</textarea><b>shown as it is"/></Field>
                <label class="check">
                    <input type="checkbox" name="check" value="yes" checked=true/>
                    <span>"A check box"</span>
                </label>
            </form>
        </Section>
    }
    .into_any()
}

fn tables() -> impl IntoView {
    let columns = || vec![Column::text("Name"), Column::number("Credits"), Column::text("Wide only").wide_only()];
    let foot = || view! { <tr><th scope="row">"Total"</th><td class="num">"12.5"</td><td class="wide-only"></td></tr> };
    view! {
        <Section title="Tables" note="sticky head, figures to the right">
            <DataTable caption="An example" columns=columns() foot has_foot=true>
                <tr>
                    <td>"A long name that wraps where the screen is narrow"</td>
                    <td class="num">"10"</td>
                    <td class="wide-only">"more"</td>
                </tr>
                <tr class="row-fresh"><td>"Just written"</td><td class="num">"2.5"</td><td class="wide-only"></td></tr>
            </DataTable>
            <Pager shown=2 noun="rows" first="#first" next="#next"/>
        </Section>
    }
    .into_any()
}

fn icons() -> impl IntoView {
    const GLYPHS: [Glyph; 16] = [
        Glyph::Overview,
        Glyph::Users,
        Glyph::Transactions,
        Glyph::Teams,
        Glyph::Pricing,
        Glyph::Caps,
        Glyph::Expiry,
        Glyph::Search,
        Glyph::Check,
        Glyph::Warning,
        Glyph::Info,
        Glyph::Refund,
        Glyph::Plus,
        Glyph::Copy,
        Glyph::Calendar,
        Glyph::Rows,
    ];
    view! {
        <Section title="Icons" note="decoration: words say the same">
            <div class="row">{GLYPHS.map(|glyph| view! { <Icon glyph/> }).collect_view()}</div>
        </Section>
    }
    .into_any()
}
