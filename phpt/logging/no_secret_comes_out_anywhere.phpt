--TEST--
No secret comes out of logs with payloads, of messages and traces of exceptions, of dumps and exports
--EXTENSIONS--
apn_ami
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';
require __DIR__ . '/../psr.inc';

// All secrets below have one of these in them.
const MARKS = ['hunter2', 's3cret', '4111111111111111'];

final class Out
{
    public static array $texts = [];

    /** Not a variable: a trace shows what closures have captured. */
    public static array $server;

    /** Whatever a person, a debugger or an error tracker could make of a value. */
    public static function dump(string $what, mixed $value): void
    {
        ob_start();
        var_dump($value);
        debug_zval_refcount($value);
        self::$texts["var_dump of $what"] = ob_get_clean();
        self::$texts["print_r of $what"] = print_r($value, true);
        if ($value instanceof \Throwable) {
            self::$texts["text of $what"] = (string) $value;
            self::$texts["trace of $what"] = print_r($value->getTrace(), true) . $value->getTraceAsString();
        } elseif (!$value instanceof AmiMessage) {
            ob_start();
            var_dump((array) $value);
            self::$texts["export of $what"] = ob_get_clean() . @var_export($value, true) . json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR);
            try {
                self::$texts["serialize of $what"] = serialize($value);
            } catch (\Exception) {
            }
        }
    }
}

function debug_zval_refcount(mixed $value): void
{
    debug_zval_dump($value);
}

function thrown_by(string $what, callable $attempt): void
{
    try {
        $attempt();
        echo "$what threw nothing\n";
    } catch (\Throwable $e) {
        Out::dump($what, $e);
        for (; $e !== null; $e = $e->getPrevious()) {
            Out::$texts["getters of $what"] = ($e instanceof InvalidConfigurationException ? print_r([$e->key(), $e->value(), $e->suggestion()], true) : '')
                . ($e instanceof ActionErrorResponseException ? print_r($e->response(), true) : '');
        }
    }
}

$logger = new Records();
$options = ['log_actions' => true, 'log_frames' => true, 'redaction_value_patterns' => ['/\b\d{16}\b/'], 'redaction_keys' => ['X-Mine'], 'action_timeout' => 5.0];
$simulator = new Simulator();
foreach (['plain', 'md5', 'auto'] as $auth) {
    $manager = $simulator->ready($options, ['auth' => $auth], logger: $logger);
    $manager->terminate();
    $manager->tickAll();
}
$manager = $simulator->ready($options, [], logger: $logger);
$client = $manager->default();
$events = [];
$manager->onAnyEvent(function (AmiEvent $event) use (&$events) { $events[] = $event; });

// What a server sends.
$simulator->raw('pbx1', "Event: AuthDetail\r\nPassword: hunter2\r\nMd5Cred: hunter2\r\nOauthSecret: hunter2\r\n\r\n");
$simulator->raw('pbx1', "Event: VarSet\r\nVariable: CHANNEL(secret)\r\nValue: hunter2\r\n\r\n");
$simulator->raw('pbx1', "Event: Newexten\r\nAppData: Set(DB_PASSWORD=hunter2)\r\nChanVariable: PIN=hunter2\r\nUri: sip:bob:hunter2@192.0.2.1\r\nX-Mine: hunter2\r\nNote: card 4111111111111111\r\n\r\n");
$simulator->raw('pbx1', "secret=hunter2, and no frame at all\r\n\r\n");
until($manager, function () use (&$events) { return count($events) === 3; });
foreach ($events as $event) {
    // Patterns and names of the application are not known to an event that is dumped.
    Out::dump("event $event->name", AmiEvent::fromRaw('pbx1', preg_replace('/^(X-Mine|Note): .*$/m', '', $event->raw())));
}

// What an application sends, and gets back.
$actions = [
    'Setvar' => ['Variable' => 'TRUNK_SECRET', 'Value' => 'hunter2'],
    'DBPut' => ['Family' => 'sip', 'Key' => 'bob/password', 'Val' => 'hunter2'],
    'Originate' => ['Channel' => 'Local/1', 'Application' => 'Wait', 'Variable' => ['PIN=hunter2', 'A=1']],
    'UpdateConfig' => ['Var-000000' => 'secret', 'Value-000000' => 'hunter2'],
    'Command' => ['Command' => 'database put sip secret=hunter2'],
    'Login' => ['Username' => 'dialer', 'Secret' => 'hunter2', 'Key' => 'hunter2'],
];
foreach ($actions as $name => $headers) {
    $action = new GenericAction($name, $headers);
    Out::dump("GenericAction $name", $action);
    $pending = $manager->send($action);
    Out::dump("PendingAction $name", $pending);
    try {
        $pending->await(2000);
    } catch (\Throwable $e) {
        Out::dump("failure of $name", $e);
    }
    Out::dump("completed PendingAction $name", $pending);
    $action = null;
}

// A server that says secrets in its answer to an action and to a login.
$simulator->tell('pbx1 fault mute action=CoreStatus');
$pending = $manager->send(new GenericAction('CoreStatus'));
$manager->tickAll(20);
$simulator->raw('pbx1', "Response: Error\r\nActionID: {$pending->actionId()}\r\nMessage: wrong secret=hunter2\r\nPassword: hunter2\r\n\r\n");
thrown_by('an error response', fn () => $pending->await());

// Callbacks that throw, with and without a logger.
$manager->onEvent('Boom', function (AmiEvent $event) { throw new \RuntimeException('login with password=hunter2 failed'); });
$simulator->send('pbx1', ['Boom']);
until($manager, fn () => $logger->of('a callback threw') !== []);
set_error_handler(function (int $level, string $message) { Out::$texts['the warning'] = $message; return true; });
$quiet = $simulator->ready();
$quiet->onEvent('Boom', function (AmiEvent $event) { throw new \RuntimeException('login with password=hunter2 failed'); });
$simulator->send('pbx1', ['Boom']);
until($quiet, fn () => isset(Out::$texts['the warning']));
restore_error_handler();

// What refuses.
$server = Out::$server = ['host' => '127.0.0.1', 'port' => $simulator->ports['pbx1'], 'username' => 'dialer', 'secret' => 'hunter2'];
$refused = AmiClientManager::fromConfig(['servers' => ['pbx1' => $server], 'options' => $options], logger: $logger);
thrown_by('a login', fn () => $refused->default()->waitUntilReady());

$unresolved = AmiClientManager::fromConfig(['servers' => ['pbx1' => ['host' => 'pbx.invalid', 'secret' => 'hunter2'] + $server], 'options' => ['enforce_ip_endpoints' => false]], logger: $logger);
thrown_by('a name', fn () => $unresolved->default()->waitUntilReady(300));
thrown_by('a header', fn () => new GenericAction('X', ['Secret' => "hunter2\r\nInjected: yes"]));
thrown_by('a variable', fn () => new GenericAction('Setvar', ['Variable' => "PIN=hunter2\n"]));
thrown_by('a PIN', fn () => new GenericAction('X', ['PIN' => "hunter2\n"]));
thrown_by('a long header', fn () => new GenericAction('X', ['Secret' => str_repeat('hunter2', 200)]));
thrown_by('headers', fn () => new GenericAction('X', ['Secret' => new \ArrayObject(['hunter2'])]));
thrown_by('an array', fn () => AmiClientManager::fromConfig(['servers' => ['pbx1' => ['sekret' => 'hunter2'] + Out::$server]]));
thrown_by('a port', fn () => AmiClientManager::fromConfig(['servers' => ['pbx1' => ['port' => 0] + Out::$server]]));
thrown_by('an option', fn () => AmiClientManager::fromConfig(['servers' => ['pbx1' => Out::$server], 'options' => ['lasy' => 1]]));
thrown_by('a server', fn () => new ServerConfig('pbx1', '127.0.0.1', 'dialer', "hunter2\n"));
thrown_by('a Redactor', fn () => (new Redactor())->text(['hunter2']));
thrown_by('addServer', fn () => $manager->addServer(Out::$server));

foreach ([$manager, $client, $refused, $manager->server('pbx1'), new ServerConfig('pbx9', '127.0.0.1', 'dialer', 'hunter2'),
    ServerRegistry::fromArray(['pbx1' => $server]), ClientOptions::fromArray($options), $manager->health(), $refused->health(), $manager->metrics(),
    $manager->onEvent('x', fn () => null), $manager->tickAll(), new Redactor()] as $object) {
    Out::dump(is_object($object) ? $object::class : 'an array of numbers', $object);
}
$manager->close();
until($manager, fn () => $manager->default()->state() === ConnectionState::Disconnected);

$payloads = 0;
foreach ($logger->records as $i => [$level, $message, $context]) {
    $exception = $context['exception'] ?? null;
    unset($context['exception']);
    Out::$texts["record $i, $message"] = "$message " . var_export($context, true);
    $payloads += isset($context['payload']) ? 1 : 0;
    $exception === null or $exception->getMessage() === 'login with password=hunter2 failed' or print("another exception: $exception\n");
}
foreach (Out::$texts as $place => $text) {
    foreach (MARKS as $mark) {
        if (str_contains($text, $mark)) {
            preg_match("/.*$mark.*/", $text, $line);
            echo "$mark in $place: $line[0]\n";
        }
    }
}
// What was looked for is there, hidden, and what is ordinary is shown.
$all = implode("\n", Out::$texts);
foreach (['Secret: ***', 'Key: ***', 'Md5Cred: ***', 'Value: ***', 'Val: ***', 'Variable: PIN=***', 'DB_PASSWORD=***', 'sip:bob:***@192.0.2.1', 'X-Mine: ***', 'card ***',
    'secret=***', 'wrong secret=***', 'password=*** failed', 'Variable: TRUNK_SECRET', 'Variable: A=1', 'Username: dialer', 'Key: bob/password'] as $shown) {
    str_contains($all, $shown) or print("nowhere: $shown\n");
}
var_dump($payloads > 40, count(Out::$texts) > 150);
?>
--EXPECT--
bool(true)
bool(true)
