--TEST--
While a DNS server gives no answer, ticks go on, other servers serve, and every way to the end takes no time
--EXTENSIONS--
apn_ami
pcntl
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
exec('unshare -rmn sh -c "ip link set lo up && mount --bind /etc/hosts /etc/resolv.conf" 2>&1', $said, $failed);
if ($failed !== 0) {
    echo 'skip no namespace with a DNS server of its own can be made here';
}
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

// Each script has a network of its own, with a DNS server that never answers: glibc waits 5 s and asks again.
$resolv = tempnam(sys_get_temp_dir(), 'ami');
file_put_contents($resolv, "nameserver 127.0.0.1\n");
function in_a_world_without_dns(string $code): void
{
    global $resolv;
    $code = 'namespace Apn\AmiClient; require ' . var_export(dirname(__DIR__) . '/simulator.inc', true) . ';
        $dns = stream_socket_server("udp://127.0.0.1:53", $no, $why, STREAM_SERVER_BIND);
        $simulator = new Simulator();
        $living = ["host" => "127.0.0.1", "port" => $simulator->ports["pbx1"], "username" => "dialer", "secret" => "s3cret"];
        $servers = ["living" => $living, "dead" => ["host" => "pbx.example"] + $living];
        $manager = AmiClientManager::fromConfig(["servers" => $servers, "options" => ["enforce_ip_endpoints" => false]]);
        $manager->connectAll();
        $client = $manager->server("living")->waitUntilReady();
        // The query is there: the lookup hangs.
        var_dump(strlen(fread($dns, 512)) > 12, $manager->server("dead")->state());
        function quickly(string $what, callable $do): void
        {
            $began = microtime(true);
            $do();
            $took = microtime(true) - $began;
            echo $what, $took < 1 ? "" : " took $took s", "\n";
        }
        ' . $code;
    $wrapped = 'ip link set lo up && mount --bind "$0" /etc/resolv.conf && exec "$@"';
    $began = microtime(true);
    $php = [PHP_BINARY, '-n', '-d', 'extension=' . extension(), '-d', 'display_errors=1', '-d', 'html_errors=0', '-r', $code];
    $process = proc_open(['unshare', '-rmn', 'sh', '-c', $wrapped, $resolv, ...$php], [2 => ['redirect', 1]], $pipes);
    $status = proc_close($process);
    echo 'ended by ', $status, microtime(true) - $began < 4 ? '' : ' after the lookup', "\n";
}

in_a_world_without_dns('
    quickly("pings", function () use ($client) { for ($i = 0; $i < 100; $i++) { $client->call(new GenericAction("Ping")); } });
    $longest = 0;
    for ($i = 0; $i < 20; $i++) { $began = microtime(true); $manager->tickAll(10); $longest = max($longest, microtime(true) - $began); }
    var_dump($longest < 0.2, $manager->server("dead")->state());
    quickly("close", fn () => $manager->server("dead")->close());
    quickly("open", fn () => $manager->server("dead")->open());
    quickly("terminate", fn () => $manager->terminate());
    quickly("destruct", function () use (&$manager, &$client) { $manager = $client = null; gc_collect_cycles(); });
');
in_a_world_without_dns('
    $child = pcntl_fork();
    if ($child === 0) {
        thrown(fn () => $manager->tickAll());
        quickly("child", function () use ($living) {
            $own = AmiClientManager::fromConfig(["servers" => ["living" => $living]]);
            var_dump($own->default()->call(new GenericAction("Ping"))->get("Ping"));
        });
        exit(3);
    }
    quickly("wait", function () use ($child, &$status) { pcntl_waitpid($child, $status); });
    var_dump(pcntl_wexitstatus($status), $client->call(new GenericAction("Ping"))->get("Ping"));
');
in_a_world_without_dns('exit(4);');
unlink($resolv);
?>
--EXPECT--
bool(true)
enum(Apn\AmiClient\ConnectionState::Connecting)
pings
bool(true)
enum(Apn\AmiClient\ConnectionState::Connecting)
close
open
terminate
destruct
ended by 0
bool(true)
enum(Apn\AmiClient\ConnectionState::Connecting)
ForkedProcessException: this client belongs to process PID; a forked process has to make its own
string(4) "Pong"
child
wait
int(3)
string(4) "Pong"
ended by 0
bool(true)
enum(Apn\AmiClient\ConnectionState::Connecting)
ended by 4
