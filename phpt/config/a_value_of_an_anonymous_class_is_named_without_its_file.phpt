--TEST--
A value of an anonymous class is named without the path of its file
--FILE--
<?php
use Apn\AmiClient\{AmiClientManager, ClientOptions, GenericAction, InvalidConfigurationException};

foreach ([
    fn() => new ClientOptions(readTimeout: new class {}),
    fn() => AmiClientManager::fromConfig(['servers' => ['a' => ['host' => new class {}]]]),
    fn() => new GenericAction('Ping', ['a' => new class {}]),
] as $refused) {
    try {
        $refused();
    } catch (Throwable $e) {
        echo str_contains($e->getMessage(), "\0") || str_contains($e->getMessage(), __FILE__) ? 'told: ' : '', $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
readTimeout: class@anonymous must be a number of seconds, class@anonymous given
servers.a.host: class@anonymous must be a string, class@anonymous given
a: class@anonymous is neither a string, a finite number, a boolean, a Stringable, null nor a list of these
