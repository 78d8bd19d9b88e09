{#-
    True on the codes of a dimension that have to be made again: those that a changed row
    of `uses` names under one of the kinds, and all if a list has changed.
-#}
{% macro named_codes(change, code, uses, kinds) -%}
    {%- if change.since == 0 or change.others -%}
        true
    {%- elif not change.reach -%}
        false
    {%- else -%}
        {{ code }} in (
            select changed_uses.named_code from {{ uses }} as changed_uses
            where
                changed_uses.code_kind_code in ('{{ kinds | join("', '") }}')
                and {{ changed(change, 'changed_uses') }}
            group by changed_uses.named_code
        )
    {%- endif -%}
{%- endmacro %}
