// An HL7 client and server of HAPI: `Peer send HOST PORT` and `Peer receive`.
// One line is one message in base64: what to send on stdin, what came on stdout. What comes is held against HAPI's
// validation and its structures of HL7 2.5.1; the line begins with the structure's name, and with "exact" where HAPI
// writes the message as it came.

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.llp.MinLowerLayerProtocol;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.protocol.MetadataKeys;
import ca.uhn.hl7v2.protocol.ReceivingApplication;
import ca.uhn.hl7v2.util.StandardSocketFactory;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

public class Peer {
    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static synchronized void print(String line) {
        System.out.println(line);
        System.out.flush();
    }

    static void send(HapiContext context, String host, int port) throws Exception {
        var connection = context.newClient(host, port, false);
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            var text = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            var answer = connection.getInitiator().sendAndReceive(context.getPipeParser().parse(text));
            print(base64(answer.encode()));
        }
        connection.close();
    }

    /** Listens on this machine only, and says on which port; HAPI's own servers listen everywhere. */
    static class Here extends StandardSocketFactory {
        @Override
        public ServerSocket createServerSocket() throws IOException {
            return new ServerSocket() {
                @Override
                public void bind(SocketAddress where, int backlog) throws IOException {
                    super.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), backlog);
                    print("port " + getLocalPort());
                }

                @Override
                public void bind(SocketAddress where) throws IOException {
                    bind(where, 50);
                }
            };
        }
    }

    static class Reader implements ReceivingApplication<Message> {
        @Override
        public boolean canProcess(Message message) {
            return true;
        }

        @Override
        public Message processMessage(Message message, Map<String, Object> about) throws HL7Exception {
            var raw = (String) about.get(MetadataKeys.IN_RAW_MESSAGE);
            var same = message.encode().equals(raw) ? "exact" : "changed:" + base64(message.encode());
            print(message.getClass().getName() + " " + same + " " + base64(raw));
            try {
                return message.generateACK();
            } catch (IOException error) {
                throw new HL7Exception(error);
            }
        }
    }

    public static void main(String[] words) throws Exception {
        var context = new DefaultHapiContext();
        context.setValidationContext(ValidationContextFactory.defaultValidation());
        context.setLowerLayerProtocol(new MinLowerLayerProtocol(true)); // the character set that MSH-18 names
        if (words[0].equals("send")) {
            send(context, words[1], Integer.parseInt(words[2]));
            context.close();
            return;
        }
        context.setSocketFactory(new Here());
        var server = context.newServer(1, false); // the port is chosen in Here
        server.registerApplication(new Reader());
        server.setExceptionHandler((text, about, answer, error) -> {
            print("refused " + base64(String.valueOf(error.getMessage())) + " " + base64(text));
            return answer;
        });
        server.start();
    }
}
