import pytest
from django.template import Context, Template, TemplateSyntaxError


def render(source, **values):
    return " ".join(Template(source).render(Context(values)).split())


def test_a_component_takes_properties_content_and_slots():
    html = render(
        '{% #card title=heading %}<p>{{ word }}</p>{% :actions %}<a href="/">go</a>{% /:actions %}{% /card %}',
        heading="A & B",
        word="<i>",
    )
    assert '<h2 class="card__title">A &amp; B</h2>' in html
    assert "<p>&lt;i&gt;</p>" in html
    assert '<div class="card__actions"><a href="/">go</a></div>' in html


def test_what_was_not_given_is_not_inherited_from_the_page():
    assert "card__title" not in render("{% #card %}x{% /card %}", title="the page's own")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('{% #card titel="x" %}{% /card %}', "does not know titel; it takes: title"),
        ('{% #card "x" %}{% /card %}', "takes name=value pairs"),
        ("{% #notice %}{% :actions %}{% /:actions %}{% /notice %}", "has no slot actions; it has: none"),
    ],
)
def test_a_misspelt_property_says_what_is_accepted(source, says):
    with pytest.raises(TemplateSyntaxError, match=says):
        Template(source)


def test_components_nest():
    html = render('{% #card title="a" %}{% #notice level="warning" %}<p>b</p>{% /notice %}{% /card %}')
    assert html.index("card__title") < html.index("notice--warning") < html.index("<p>b</p>")


def test_an_icon_is_decoration_unless_it_is_labelled():
    assert 'aria-hidden="true"' in render('{% icon "play" %}')
    assert 'role="img" aria-label="Play"' in render('{% icon "play" label="Play" %}')
