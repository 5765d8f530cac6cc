use proptest::prelude::*;
use twilight_model::channel::message::component::{Button, ButtonStyle};

use super::{
    super::{Picture, beside_picture, button, container, link_button, row, separator, text},
    *,
};

/// Counts as Discord does, and asserts everything that Discord refuses.
pub(in crate::discord) fn assert_valid(components: &[Component]) {
    let mut seen = Seen::default();
    assert!(!components.is_empty(), "a message needs a component");
    for component in components {
        seen.walk(component);
    }
    assert!(seen.components <= 40, "{} components", seen.components);
    assert!(seen.text <= 4000, "{} characters", seen.text);
}

#[derive(Default)]
struct Seen {
    components: usize,
    text: usize,
    custom_ids: HashSet<String>,
}

impl Seen {
    fn walk(&mut self, component: &Component) {
        self.components += 1;
        match component {
            Component::TextDisplay(text) => {
                assert!(!text.content.trim().is_empty(), "an empty text");
                self.text += units(&text.content);
            }
            Component::Container(container) => self.children(&container.components, 40),
            Component::ActionRow(row) => self.children(&row.components, 5),
            Component::Section(section) => {
                self.walk(&section.accessory);
                self.children(&section.components, 3);
            }
            Component::Button(button) => {
                let label = button.label.as_deref().unwrap_or_default();
                assert!((1..=80).contains(&units(label)), "label {label:?}");
                if let Some(address) = &button.url {
                    assert!((1..=512).contains(&units(address)), "address {address:?}");
                    assert_eq!(button.custom_id, None, "one of the two");
                    return;
                }
                let id = button.custom_id.clone().unwrap();
                assert!((1..=100).contains(&units(&id)), "custom id {id:?}");
                assert!(self.custom_ids.insert(id), "a custom id twice");
            }
            Component::Separator(_) | Component::Thumbnail(_) | Component::File(_) => {}
            other => panic!("not used: {other:?}"),
        }
    }

    fn children(&mut self, children: &[Component], max: usize) {
        assert!((1..=max).contains(&children.len()), "{} children", children.len());
        for child in children {
            self.walk(child);
        }
    }
}

#[test]
fn what_fits_stays_as_it_is() {
    let whole = vec![container(
        1,
        vec![text("a"), separator(), row(vec![button(ButtonStyle::Primary, "b", "id".into())])],
    )];
    assert_eq!(fit(whole.clone()), whole);
}

#[test]
fn nothing_becomes_something() {
    assert_valid(&fit(Vec::new()));
    assert_valid(&fit(vec![container(0, vec![row(Vec::new()), text("  \n")])]));
}

#[test]
fn a_second_button_with_the_same_id_goes() {
    let twice = || button(ButtonStyle::Primary, "b", "same".into());
    assert_valid(&fit(vec![row(vec![twice(), twice()]), row(vec![twice()])]));
}

#[test]
fn a_button_opens_an_address_or_comes_back_and_never_both() {
    let opens = |length: usize| link_button("Open", "h".repeat(length));
    let both = Button { custom_id: Some("id".to_owned()), ..opens(9) };
    let neither = Button { url: None, ..opens(9) };
    let kept = fit(vec![row(vec![opens(512), opens(513), both, neither])]);
    assert_valid(&kept);
    let [Component::ActionRow(row)] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!(row.components.len(), 1);
}

#[test]
fn text_is_cut_at_a_line_and_never_inside_an_escape() {
    assert_eq!(cut_markdown("first\nsecond", 8), "first");
    assert_eq!(cut_markdown(r"ab\*cd", 3), "ab");
    assert_eq!(cut_markdown(r"ab\\cd", 4), r"ab\\");
    assert_eq!(cut_markdown("a😀b", 2), "a");
}

#[test]
fn a_picture_must_be_https() {
    for bad in ["http://a.example/x.png", "data:image/png;base64,AA", "attachment://x", "", "https://"] {
        assert!(
            matches!(
                beside_picture(vec!["a".into()], Some(Picture::At(bad)))[..],
                [Component::TextDisplay(_)]
            ),
            "{bad}"
        );
    }
    assert!(matches!(
        beside_picture(vec!["a".into()], Some(Picture::At("https://a.example/x")))[..],
        [Component::Section(_)]
    ));
    let attached = beside_picture(vec!["a".into()], Some(Picture::Attached("cover.png")));
    assert!(serde_json::to_string(&attached).unwrap().contains("attachment://cover.png"));
}

fn any_component() -> impl Strategy<Value = Component> {
    let buttons = prop::collection::vec(("\\PC{0,100}", "[a-c]{0,3}|x{90,110}"), 0..8).prop_map(|buttons| {
        row(buttons.into_iter().map(|(label, id)| button(ButtonStyle::Danger, label, id)).collect())
    });
    let section = prop::collection::vec(".{0,50}", 0..5).prop_flat_map(|texts| {
        prop::sample::select(beside_picture(texts, Some(Picture::At("https://a.example/"))))
    });
    let leaf = prop_oneof![".{0,3000}".prop_map(text), buttons, section, Just(separator())];
    leaf.prop_recursive(1, 60, 50, |inner| {
        prop::collection::vec(inner, 0..50).prop_map(|inner| container(7, inner))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_goes_in_comes_out_valid(components in prop::collection::vec(any_component(), 0..50)) {
        assert_valid(&fit(components));
    }
}
