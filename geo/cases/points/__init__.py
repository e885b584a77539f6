"""执法办案积分 and 721工作法: what people did, weighed so that fines and repetition gain nothing."""
