{#- First and last date on which declarations name each code of some kinds. -#}
{% macro codes_seen(code, uses, kinds, scope) -%}
    select
        {{ code }},
        min(registered_date) as first_seen_date,
        max(registered_date) as last_seen_date
    from (
        select
            named_code as {{ code }},
            registered_date
        from {{ uses }}
        where not _is_void and code_kind_code in ('{{ kinds | join("', '") }}')
    ) as uses
    where {{ scope }}
    group by {{ code }}
{%- endmacro %}
