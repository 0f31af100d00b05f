-- What rules ask of events most: the properties that every shop sends, as the list of their values (JSON texts, without
-- null, lists within lists three deep), so that a question need not parse all of `props`: src/rules/sql/props.ts.
alter table event add column if not exists prop_product_id Array(String) materialized if(startsWith(JSONExtractRaw(props, 'product_id'), '['),
    arrayFilter(x -> x not in ('', 'null'), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), [JSONExtractRaw(props, 'product_id')]))))))),
    if(JSONExtractRaw(props, 'product_id') in ('', 'null'), [], [JSONExtractRaw(props, 'product_id')])) codec(ZSTD(1));

alter table event add column if not exists prop_sku Array(String) materialized if(startsWith(JSONExtractRaw(props, 'sku'), '['),
    arrayFilter(x -> x not in ('', 'null'), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), [JSONExtractRaw(props, 'sku')]))))))),
    if(JSONExtractRaw(props, 'sku') in ('', 'null'), [], [JSONExtractRaw(props, 'sku')])) codec(ZSTD(1));

alter table event add column if not exists prop_category Array(LowCardinality(String)) materialized if(startsWith(JSONExtractRaw(props, 'category'), '['),
    arrayFilter(x -> x not in ('', 'null'), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), [JSONExtractRaw(props, 'category')]))))))),
    if(JSONExtractRaw(props, 'category') in ('', 'null'), [], [JSONExtractRaw(props, 'category')]));

alter table event materialize column prop_product_id;
alter table event materialize column prop_sku;
alter table event materialize column prop_category;
