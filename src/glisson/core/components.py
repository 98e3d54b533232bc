"""Our own small template components: ``{% #card title="…" %}…{% /card %}``.

A component is a template, the properties it takes and the slots that can be filled. Values are escaped by the
template as everywhere; a misspelt property is an error when the template is compiled, with what is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Component:
    name: str
    template: str
    props: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)


class SlotNode(Node):
    """``{% :actions %}…{% /:actions %}`` – a named part of the component around it."""

    def __init__(self, name: str, content: NodeList) -> None:
        self.name, self.content = name, content

    def render(self, context: Context) -> SafeString:
        return SafeString("")


class ComponentNode(Node):
    def __init__(self, component: Component, values: dict[str, FilterExpression], content: NodeList) -> None:
        self.component, self.values = component, values
        self.slots = {node.name: node.content for node in content if isinstance(node, SlotNode)}
        self.content = NodeList(node for node in content if not isinstance(node, SlotNode))

    def render(self, context: Context) -> SafeString:
        inside: dict[str, Any] = dict.fromkeys(self.component.props, "") | self.component.defaults
        inside |= {name: value.resolve(context) for name, value in self.values.items()}
        inside |= dict.fromkeys(self.component.slots, "")
        inside |= {name: content.render(context) for name, content in self.slots.items()}
        inside["content"] = self.content.render(context)
        found = context.template.engine.get_template(self.component.template)  # type: ignore[union-attr]
        with context.push(**inside):
            return found.render(context)


def register_component(library: template.Library, component: Component) -> None:
    """Make ``{% #name %}`` and its slots known to a tag library."""

    def compile_component(parser: Parser, token: Token) -> ComponentNode:
        values = token_kwargs(token.split_contents()[1:], parser)
        given = token.split_contents()[1:]
        if len(values) != len(given):
            raise template.TemplateSyntaxError(f"{{% #{component.name} %}} takes name=value pairs, not {given}.")
        if wrong := set(values) - set(component.props):
            accepted = ", ".join(component.props) or "none"
            raise template.TemplateSyntaxError(
                f"{{% #{component.name} %}} does not know {', '.join(sorted(wrong))}; it takes: {accepted}."
            )
        content = parser.parse((f"/{component.name}",))
        parser.delete_first_token()
        node = ComponentNode(component, values, content)
        if wrong := set(node.slots) - set(component.slots):
            accepted = ", ".join(component.slots) or "none"
            raise template.TemplateSyntaxError(
                f"{{% #{component.name} %}} has no slot {', '.join(sorted(wrong))}; it has: {accepted}."
            )
        return node

    library.tag(f"#{component.name}", compile_component)
    for slot in component.slots:
        if f":{slot}" not in library.tags:
            library.tag(f":{slot}", _compile_slot(slot))


def _compile_slot(name: str):  # type: ignore[no-untyped-def]
    def compile_slot(parser: Parser, token: Token) -> SlotNode:
        content = parser.parse((f"/:{name}",))
        parser.delete_first_token()
        return SlotNode(name, content)

    return compile_slot
