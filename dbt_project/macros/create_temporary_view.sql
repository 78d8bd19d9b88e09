{#-
    The changes to a table are written down before they are merged: an engine works out
    the source of a merge more than once, and the partitions that the merge names must be
    known as literals. A table without rows takes them straight from the view.
-#}
{% macro spark__create_temporary_view(relation, compiled_code) -%}
    {%- if model.resource_type != 'model' or was_empty() -%}
        create or replace temporary view {{ relation }} as
        {{ compiled_code }}
    {%- else -%}
        create table {{ staged(this) }}
        using delta
        location '{{ run_context().stage_path }}/{{ this.schema }}/{{ this.identifier }}'
        as
        {{ compiled_code }}
    {%- endif -%}
{%- endmacro %}
