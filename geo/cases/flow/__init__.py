"""Problems from report to evaluation: 信息收集→立案→派遣→处理→反馈→核查→结案→评价."""
