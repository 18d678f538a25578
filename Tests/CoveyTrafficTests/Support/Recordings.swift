/// What HAProxy 2.6.12 answered, byte for byte but for the final empty line.
enum Recordings {
  // One member after nine requests: one served, four answered with 500, four dropped unanswered.
  static let statistics = [
    "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,"
      + "wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throt"
      + "tle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,h"
      + "rsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,"
      + "req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_ag"
      + "t,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc"
      + ",check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mod"
      + "e,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache"
      + "_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,idl"
      + "e_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,agg_server_status,agg_ser"
      + "ver_check_status,agg_check_status,-,ssl_sess,ssl_reused_sess,ssl_failed_handshake,h2_h"
      + "eaders_rcvd,h2_data_rcvd,h2_settings_rcvd,h2_rst_stream_rcvd,h2_goaway_rcvd,h2_detecte"
      + "d_conn_protocol_errors,h2_detected_strm_protocol_errors,h2_rst_stream_resp,h2_goaway_r"
      + "esp,h2_open_connections,h2_backend_open_streams,h2_total_connections,h2_backend_total_"
      + "streams,h1_open_connections,h1_open_streams,h1_total_connections,h1_total_streams,h1_b"
      + "ytes_in,h1_bytes_out,h1_spliced_bytes_in,h1_spliced_bytes_out,",
    "web,FRONTEND,,,0,1,8178,9,779,1492,0,0,0,,,,,OPEN,,,,,,,,,1,2,0,,,,0,9,0,9,,,,0,1,0,0,8,"
      + "0,,9,9,9,,,0,0,0,0,,,,,,,,,,,,,,,,,,,,,http,,9,9,9,0,0,0,0,,,0,0,,,,,,,0,,,,,,,,,-,0,0"
      + ",0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,9,9,752,1465,0,0,",
    "web,m1,0,0,0,1,,9,779,1492,,0,,0,4,0,0,UP 1/3,1,1,0,0,0,0,0,,1,3,1,,9,,2,9,,9,INI,,,0,1,"
      + "0,0,4,0,,,,5,0,0,,,,,0,,,0,0,2,2,,,,Initializing,,1,3,1,,,,127.78.9.2:18081,,http,,,,,"
      + ",,,0,9,0,,,0,0,0,0,4,4,0,0,0,0,1,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,,,",
    "web,BACKEND,0,0,0,1,818,9,779,1492,0,0,,0,4,0,0,UP,1,1,0,,0,0,0,,1,3,0,,9,,1,9,,9,,,,0,1"
      + ",0,0,8,0,,,,9,0,0,0,0,0,0,0,,,0,0,1,1,,,,,,,,,,,,,,http,leastconn,,,,,,,0,9,0,0,0,,,0,"
      + "0,4,4,0,,,,,1,0,0,0,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,9,9,641,923,0,0,",
  ].joined(separator: "\n")

  static let servers = """
    1
    # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight \
    srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state \
    srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl \
    srv_check_port srv_check_addr srv_agent_addr srv_agent_port
    3 web 1 m1 127.78.9.2 0 8 1 1 9 1 0 1 6 18 0 0 - 18081 - 0 0 - 127.78.9.2 9707
    3 web 2 m2 127.78.9.3 2 0 50 100 9 15 3 4 6 22 0 0 - 18081 - 0 8081 127.78.9.3 - 0
    4 other 1 m3 127.78.9.4 2 0 1 1 9 15 3 4 6 0 0 0 - 18081 - 0 0 - - 0
    """
}
