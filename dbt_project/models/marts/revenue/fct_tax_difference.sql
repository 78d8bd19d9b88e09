{%- set tax = source('core', 'vnaccs__declaration_tax') -%}
{%- set kind = source('ref', 'tax_kind') -%}
{%- set expected = worked_out('ops_expected_tax', [
    source('core', 'vnaccs__declaration'), source('core', 'vnaccs__declaration_line'),
    source('core', 'vnaccs__declaration_month'), source('ref', 'tax_rate'),
    source('ref', 'vat_reduction'), source('ref', 'tariff_table'),
    source('ref', 'tariff_preference'), source('ref', 'mfn_origin'),
    source('ref', 'tariff_quota'), source('ref', 'low_value_rule'),
    source('ref', 'exchange_rate'), source('ref', 'holiday'), source('ref', 'kind_relief'),
    source('ref', 'unit_conversion'),
]) -%}
{%- set scope = worked_out_scope() -%}
{%- set parts = {
    'import_duty': "'import_duty'",
    'additional_duty': "'safeguard', 'anti_dumping', 'anti_subsidy'",
    'special_consumption_tax': "'sct'",
    'environment_tax': "'ept'",
    'vat': "'vat'",
    'export_duty': "'export_duty'",
} -%}
{%- set of_line = [
    'declaration_key', 'line_no', 'declaration_version', 'direction_code', 'office_code',
    'tax_code', 'kind_code', 'hs_code', 'origin_country_code', 'tariff_table_code',
    'applied_tariff_table_code', 'customs_value_vnd',
] -%}
with

declared as (
    select
        taxes.declaration_key,
        taxes.line_no,
        sum(taxes.tax_amount_vnd) as tax_amount_vnd,
        {%- for part, types in parts.items() %}
            sum(taxes.tax_amount_vnd) filter (
                where kinds.tax_type_code in ({{ types }})
            ) as {{ part }}_vnd,
        {%- endfor %}
        sum(if(kinds.tax_type_code is null, taxes.tax_amount_vnd, null)) as other_tax_vnd,
        max(taxes.relief_code is not null or coalesce(taxes.relief_amount > 0, false)) as has_relief
    from {{ tax }} as taxes
    left join {{ kind }} as kinds
        on
            kinds.known_until is null
            and taxes.tax_kind_code = kinds.tax_kind_code
            and taxes.registered_date >= kinds.valid_from
            and (kinds.valid_to is null or taxes.registered_date <= kinds.valid_to)
    where taxes.is_current and {{ scope }}
    group by taxes.declaration_key, taxes.line_no
),

compared as (
    select
        expected.*,
        {%- for part in (parts | list) + ['other_tax'] %}
            cast(declared.{{ part }}_vnd as decimal(20, 0)) as declared_{{ part }}_vnd,
        {%- endfor %}
        cast(coalesce(declared.tax_amount_vnd, 0) as decimal(20, 0)) as declared_tax_amount_vnd,
        coalesce(declared.other_tax_vnd, 0) = 0
        {%- for part in parts %}
            and coalesce(declared.{{ part }}_vnd, 0) = coalesce(expected.expected_{{ part }}_vnd, 0)
        {%- endfor %} as is_equal,
        coalesce(declared.has_relief, false) as has_relief
    from {{ expected }} as expected
    left join declared
        on
            expected.declaration_key = declared.declaration_key
            and expected.line_no = declared.line_no
),

-- A relief that the line claims is judged by papers that are not here.
judged as (
    select
        *,
        case
            when gap_code is not null then gap_code
            when not is_equal and has_relief then 'relief_claimed'
        end as not_evaluable_code
    from compared
),

final as (
    select
        {%- for name in of_line %}
            {{ name }},
        {%- endfor %}
        case
            when not_evaluable_code is not null then 'not_evaluable'
            when is_equal then 'agrees'
            else 'differs'
        end as tax_verdict_code,
        not_evaluable_code,
        if(not_evaluable_code = 'relief_claimed', relief_reason_vi, gap_reason_vi)
            as not_evaluable_reason_vi,
        tax_finding_code,
        tax_finding_reason_code,
        if(not_evaluable_code is null, expected_tax_vnd, null) as expected_tax_amount_vnd,
        declared_tax_amount_vnd,
        cast(
            if(not_evaluable_code is null, expected_tax_vnd - declared_tax_amount_vnd, null)
            as decimal(20, 0)
        ) as tax_difference_vnd,
        {%- for part in parts %}
            expected_{{ part }}_vnd,
        {%- endfor %}
        {%- for part in (parts | list) + ['other_tax'] %}
            declared_{{ part }}_vnd,
        {%- endfor %}
        registered_date,
        registered_month,
        {{ run_seq() }} as _run_seq
    from judged
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
