--TEST--
Applications may make exceptions themselves, extend them, and keep what they know private
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Mine extends ActionTimeoutException
{
    private ?string $serverKey = 'mine';

    public function __construct()
    {
        parent::__construct("a\0\xff", 5, new \DomainException('before'));
    }

    public function own(): ?string
    {
        return $this->serverKey;
    }

    public function timeoutMs(): int
    {
        return 1 + parent::timeoutMs();
    }
}

$mine = new Mine();
var_dump(addcslashes($mine->getMessage(), "\0..\37\177..\377"), $mine->getCode(), $mine->getLine(), $mine->getPrevious()->getMessage());
var_dump($mine->serverKey(), $mine->own(), $mine->timeoutMs(), $mine->actionId(), $mine->actionName());

echo "what nobody said is null, empty or 0\n";
$made = [new InvalidConfigurationException(), new ConnectionException(), new ConnectionLostException(), new InvalidConnectionStateException(),
    new BackpressureException(), new ActionException(), new ProtocolException(), new ForkedProcessException()];
foreach ($made as $e) {
    $known = [];
    foreach ((new \ReflectionClass($e))->getMethods() as $method) {
        if ($method->class !== 'Exception') {
            $known[] = $method->name . ' ' . json_encode($e->{$method->name}());
        }
    }
    echo (new \ReflectionClass($e))->getShortName(), ': ', implode(', ', $known), "\n";
}
try {
    (new ActionErrorResponseException())->response();
} catch (\Error $error) {
    echo $error->getMessage(), "\n";
}
echo unserialize(serialize(new ProtocolException('kept')))->getMessage(), "\n";
try {
    clone $mine;
} catch (\Error $error) {
    echo $error->getMessage(), "\n";
}
?>
--EXPECT--
string(9) "a\000\377"
int(5)
int(24)
string(6) "before"
NULL
string(4) "mine"
int(1)
NULL
NULL
what nobody said is null, empty or 0
InvalidConfigurationException: key "", value null, suggestion null
ConnectionException: serverKey null, state null, host null, port null
ConnectionLostException: actionId null, serverKey null, state null, host null, port null
InvalidConnectionStateException: serverKey null, state null, states null
BackpressureException: serverKey null, limitName "", limit 0, current 0
ActionException: serverKey null, actionId null, actionName null
ProtocolException: serverKey null, actionId null
ForkedProcessException: ownerPid 0
Typed property Apn\AmiClient\ActionErrorResponseException::$response must not be accessed before initialization
kept
Trying to clone an uncloneable object of class Apn\AmiClient\Mine
